"""The words for arrays, and the one face that has no number."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
GeometryArray = npt.NDArray[Any]  # of shapely geometries; NumPy has no dtype for them

#: The side of a border that lies in no bounded face.
OUTSIDE = -1
