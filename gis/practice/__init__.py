"""What cases show of a duty that is clear on paper: bounced, overdue, reworked, looping, silent."""

from gis.practice.evidence import CLASSES, Practice, practice_of

__all__ = ["CLASSES", "Practice", "practice_of"]
