"""Cut polygons into one planar partition: arrays in, arrays out."""

from gis.arrangement.geos import arrange

__all__ = ["arrange"]
