"""Find, prove and explain blind spots in territorial responsibility.

Importing this package reads no file and starts nothing. Begin with :mod:`gis.pipeline`.
"""

from gis.version import __version__

__all__ = ["__version__"]
