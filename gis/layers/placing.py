"""Refuse layers that do not say where they lie, or lie elsewhere than the rest of the project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.layers.axes import extent_in_degrees, fits_only_exchanged, fits_others_only_exchanged
from gis.layers.crs_candidates import refuse_unstated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyproj import CRS

    from gis.errors import InputError
    from gis.model.arrangement import FloatArray
    from gis.readers.raw import LayerFile


@dataclass(frozen=True, slots=True, eq=False)
class Whereabouts:
    """What is known of where a layer lies.

    Parameters
    ----------
    file
        The layer, for messages.
    bounds
        West, south, east, north of each row in its own numbers, NaN for none; shape (n, 4).
    crs
        Its coordinate system, or None where nothing states it.
    axes
        ``"xy"`` or ``"yx"`` where the project states it, else ``""``.
    table
        Table that it fills.
    """

    file: LayerFile
    bounds: FloatArray
    crs: CRS | None
    axes: str
    table: str

    def turned_by_itself(self) -> bool:
        """Tell whether it makes sense only with its axes exchanged, whatever the others say."""
        if self.crs is None or self.axes == "xy":
            return False
        return fits_only_exchanged(self.bounds, self.crs)

    def turned_beside(self, others: Sequence[Whereabouts]) -> bool:
        """Tell whether it lies where others do only with its axes exchanged."""
        if self.crs is None or self.axes == "xy":
            return False
        boxes = [box for each in others if (box := each.box()) is not None]
        return fits_others_only_exchanged(self.bounds, self.crs, boxes)

    def box(self) -> FloatArray | None:
        """Return west, south, east, north in degrees, or None where it lies nowhere."""
        return None if self.crs is None else extent_in_degrees(self.bounds, self.crs)


def misplaced(layers: Sequence[Whereabouts]) -> dict[int, InputError]:
    """Refuse the layers that do not say where they lie, or say it with their axes exchanged.

    Each is judged by all the others, so they must have been read before.

    Parameters
    ----------
    layers
        Every layer of the project that has shapes.

    Returns
    -------
    errors
        By index of the layer; one that states no coordinate system comes with those that it may
        be in.
    """
    stated = [layer for layer in layers if layer.crs is not None]
    turned = [layer for layer in stated if layer.turned_by_itself()]
    sound = [layer for layer in stated if layer not in turned]
    turned += _turned_beside_others(sound)
    boxes = [box for layer in sound if layer not in turned and (box := layer.box()) is not None]
    errors = {}
    for at, layer in enumerate(layers):
        if layer.crs is None:
            errors[at] = refuse_unstated(layer.file, layer.bounds, boxes, layer.axes)
        elif layer in turned:
            errors[at] = layer.file.error("coordinates_swapped")
    return errors


def _turned_beside_others(layers: Sequence[Whereabouts]) -> list[Whereabouts]:
    limits = [layer for layer in layers if layer.table == "jurisdiction"]
    others = [layer for layer in layers if layer.table != "jurisdiction"]
    turned = [layer for layer in others if layer.turned_beside(limits)]
    if len(turned) == len(others) > 1:
        # where all the others are against it, the jurisdiction is the one that is wrong
        return [layer for layer in limits if layer.turned_beside(others)] or turned
    return turned
