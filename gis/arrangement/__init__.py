"""Cut polygons into one planar partition: arrays in, arrays out."""

from gis.arrangement.arrangement import Arrangement
from gis.arrangement.kernel import arrange
from gis.arrangement.neighbours import neighbours
from gis.arrangement.residue import Residue, residue
from gis.arrangement.update import update

__all__ = ["Arrangement", "Residue", "arrange", "neighbours", "residue", "update"]
