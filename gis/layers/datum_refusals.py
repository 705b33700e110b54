"""What the datum guard's verdicts mean for those who gave the layers: refusals and remarks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gis.layers.datum_guard import GuardedLayer, misplaced_layers
from gis.model.project import Remark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyproj import CRS

    from gis.errors import InputError
    from gis.readers.raw import LayerFile


class NamedLayer(NamedTuple):
    """A layer under guard, and what messages call it."""

    file: LayerFile
    table: str
    guarded: GuardedLayer

    @property
    def shown(self) -> str:
        """File and layer in one word."""
        return " ".join(part for part in (self.file.shown, self.file.layer) if part)


def judged(
    layers: Sequence[NamedLayer], crs: CRS, *, in_project: bool
) -> tuple[list[InputError], list[Remark]]:
    """Refuse the layers that are in another datum than stated, or remark on them.

    Parameters
    ----------
    layers
        Each declared layer by itself, in the working coordinate system.
    crs
        Working coordinate system.
    in_project
        Whether there is a project file in which a datum can be stated; else a layer has to be
        converted.

    Returns
    -------
    errors
        ``datum_differs``, ``datum_statements_differ``, ``datum_overcorrected``, or
        ``layer_datum_differs`` without a project.
    remarks
        ``datum_doubtful`` where the evidence is weak, ``datum_guard_overruled`` where the user
        vouches for the datum.
    """
    errors: list[InputError] = []
    remarks: list[Remark] = []
    for verdict in misplaced_layers([layer.guarded for layer in layers], crs):
        layer = layers[verdict.layer]
        details = {**verdict.details, "other": layers[verdict.other].shown}
        if verdict.problem == "datum_doubtful" or layer.guarded.is_checked:
            problem = "datum_guard_overruled" if layer.guarded.is_checked else "datum_doubtful"
            remarks.append(
                Remark(
                    "doubted", problem, layer.table, layer.file.shown, layer.file.layer, 0, details
                )
            )
        elif in_project or verdict.problem == "datum_overcorrected":
            errors.append(_error(layer, verdict.problem, details))
        else:
            errors.append(_error(layer, "layer_datum_differs", details))
    return errors, remarks


def _error(layer: NamedLayer, problem: str, details: dict[str, object]) -> InputError:
    error = layer.file.error(problem)
    error.details.update(details)
    return error
