"""Tables written for people and other programs: a module for each format, chosen by the ending."""

from gis.writers.formats import ENDINGS, known_ending, write_layers
from gis.writers.notes import Note
from gis.writers.replacing import refuse_foreign

__all__ = ["ENDINGS", "Note", "known_ending", "refuse_foreign", "write_layers"]
