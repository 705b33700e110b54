"""Cut polygons into one planar partition: arrays in, arrays out."""

from gis.arrangement.arrangement import Arrangement
from gis.arrangement.kernel import arrange

__all__ = ["Arrangement", "arrange"]
