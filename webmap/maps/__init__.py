"""The Folium map of a run: one offline file, or a page of the service."""

from webmap.maps.changes import write_changes_map
from webmap.maps.page import render_map_page, write_map

__all__ = ["render_map_page", "write_changes_map", "write_map"]
