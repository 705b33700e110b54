"""The proof that nothing was missed: areas that add up, claims that all touch, digests of all.

Three sums that do not share their arithmetic are held against each other. The jurisdiction's area
comes from an integral along the border of the partition; the standings' areas from its faces; the
claims' areas from the polygons as they were drawn.
"""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyproj
import shapely

from gis.arrangement.partition import CUTTING_TABLES
from gis.errors import CertificateError
from gis.model.run import LIST_COLUMNS
from gis.model.tables import TABLES, ColumnKind
from gis.model.vocabulary import GAP_STANDINGS, Standing
from gis.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.arrangement.partition import Partition
    from gis.duty.question import Question
    from gis.model.project import Project

#: How far the sums of an identity may differ, relative to the jurisdiction.
TOLERANCE = 1e-9

FORMAT = 1


def jurisdiction_area(partition: Partition) -> float:
    """Return the jurisdiction's area in m² from an integral along its border alone."""
    arrangement = partition.arrangement
    inside = np.append(partition.inside, False)
    left, right = inside[arrangement.left], inside[arrangement.right]
    swept = partition.swept_m2
    return float(swept[left & ~right].sum() - swept[right & ~left].sum()) / 2


def account(
    partition: Partition, question: Question, answer: pd.DataFrame, jurisdiction_m2: float
) -> dict[str, Any]:
    """Add up one answer.

    Parameters
    ----------
    partition, question, answer
        What was asked, and the standings of the faces.
    jurisdiction_m2
        Area of the jurisdiction from its border.

    Returns
    -------
    account
        An entry of ``questions`` in the certificate.

    Raises
    ------
    CertificateError
        If the areas do not add up to the jurisdiction: an error of the program, never of the data.
    """
    inside = partition.inside
    areas = (
        pd.Series(partition.area_m2[inside]).groupby(answer["standing"].to_numpy()[inside]).sum()
    )
    by_standing = {name.value: float(areas.get(name.value, 0.0)) for name in Standing}
    gap = sum(by_standing[name.value] for name in GAP_STANDINGS)
    covered = sum(by_standing.values()) - gap
    residual = jurisdiction_m2 - covered - gap
    if abs(residual) > TOLERANCE * jurisdiction_m2:
        raise CertificateError(
            "identity_broken", matter=question.matter, residual=f"{residual:.6g}"
        )
    return {
        "matter": question.matter,
        "level": question.level,
        "atoms": int(inside.sum()),
        "jurisdiction_m2": jurisdiction_m2,
        "covered_m2": covered,
        "gap_m2": gap,
        "contested_m2": by_standing[Standing.CONTESTED.value],
        "residual_m2": residual,
        "by_standing": by_standing,
    }


def account_of_claims(partition: Partition, claim_ids: pd.Series[str]) -> dict[str, Any]:
    """Hold every claim's area as drawn against the faces it covers.

    Returns
    -------
    claims
        ``lost``: ids of claims that touch no atom of the jurisdiction; ``outside_m2``: area of
        each claim beyond the jurisdiction; ``largest_shift_m``: the largest difference between
        drawn and covered area over the claim's perimeter, a length that snapping keeps below the
        grid's spacing.
    """
    face, claim = partition.rows_on_faces("claims")
    n = len(claim_ids)
    area = partition.area_m2[face]
    inside = partition.inside[face]
    outside = np.bincount(claim, weights=np.where(inside, 0.0, area), minlength=n)
    touching = np.bincount(claim, weights=inside, minlength=n) > 0
    covers = partition.cover_table == CUTTING_TABLES.index("claims")
    seen = partition.cover_row[covers]
    ids = claim_ids.to_numpy()
    return {
        "lost": [str(ids[row]) for row in seen if not touching[row]],
        "outside_m2": {str(ids[row]): float(outside[row]) for row in seen if outside[row] > 0},
        "largest_shift_m": _largest_shift_m(partition),
    }


def _largest_shift_m(partition: Partition) -> float:
    """Return the largest difference of drawn and covered area, over the drawn perimeter.

    Both are taken in the plane of the working system, the drawn ones from shapes that the
    arrangement has never touched.

    Raises
    ------
    CertificateError
        If it is more than rounding to the grid can explain: an error of the program.
    """
    face, cover = partition.arrangement.pairs()
    covered = np.bincount(
        cover,
        weights=shapely.area(partition.arrangement.faces)[face],
        minlength=len(partition.drawn),
    )
    shift = np.abs(covered - shapely.area(partition.drawn)) / shapely.length(partition.drawn)
    worst = int(np.argmax(shift))
    if shift[worst] > _MOST_STEPS * partition.arrangement.grid_size:
        raise CertificateError(
            "cover_shifted",
            table=CUTTING_TABLES[partition.cover_table[worst]],
            row=int(partition.cover_row[worst]) + 1,
            shift=f"{shift[worst]:.6g}",
        )
    return float(shift[worst]) * partition.measure.metres_per_unit


#: A border is moved by half a pixel's diagonal when its ends are rounded, and again when it is led
#: through pixels.
_MOST_STEPS = 1.5


def certificate(
    project: Project,
    *,
    questions: list[dict[str, Any]],
    claims: list[dict[str, Any]],
    largest_move_m: float,
    tables: Mapping[str, pd.DataFrame],
) -> dict[str, Any]:
    """Return the certificate of a run; its layout is in docs/run-folder.md."""
    settings = project.settings
    lost = sorted({claim for part in claims for claim in part["lost"]})
    outside = {claim: area for part in claims for claim, area in part["outside_m2"].items()}
    return {
        "format": FORMAT,
        "software": software(),
        "as_of": settings.as_of.isoformat(),
        "settings": {**asdict(settings), "as_of": settings.as_of.isoformat()},
        "crs": project.crs.to_string(),
        "inputs": [asdict(source) for source in project.sources],
        "remarks": [asdict(remark) for remark in project.remarks],
        "jurisdiction_m2": questions[0]["jurisdiction_m2"],
        "largest_move_m": largest_move_m,
        "questions": questions,
        "claims": {
            "recorded": len(project.claims),
            "lost": lost,
            "outside_m2": dict(sorted(outside.items())),
            "largest_shift_m": max(part["largest_shift_m"] for part in claims),
        },
        "tables": {name: digest(name, table) for name, table in tables.items()},
    }


def software() -> dict[str, str]:
    """Return the versions that a result may depend on."""
    return {
        "mangqu": __version__,
        "python": platform.python_version(),
        "shapely": shapely.__version__,
        "geos": shapely.geos_version_string,
        "pyproj": pyproj.__version__,
        "proj": pyproj.proj_version_str,
    }


def digest(name: str, table: pd.DataFrame) -> dict[str, Any]:
    """Return the number of rows and a SHA-256 over every value and geometry of a table.

    Equal tables have equal digests before and after a round trip through a file.
    """
    columns = sorted(str(column) for column in table.columns)
    hashed = hashlib.sha256("\x1f".join(columns).encode())
    for column in columns:
        for text in canonical(name, table, column):
            hashed.update(text)
            hashed.update(b"\x1e")
        hashed.update(b"\x1d")
    return {"rows": len(table), "sha256": hashed.hexdigest()}


def canonical(name: str, table: pd.DataFrame, column: str) -> list[bytes]:
    """Return a column's values as bytes that are equal exactly if the values are."""
    values = table[column]
    if column == "geometry":
        return [_shape_bytes(shape) for shape in values]
    if is_list_column(name, column):
        return [json.dumps(list(value), ensure_ascii=False).encode() for value in values]
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return [b"" if pd.isna(value) else value.date().isoformat().encode() for value in values]
    if pd.api.types.is_float_dtype(values.dtype):
        return [b"" if np.isnan(value) else float(value).hex().encode() for value in values]
    return [json.dumps(value, ensure_ascii=False).encode() for value in values.tolist()]


def is_list_column(name: str, column: str) -> bool:
    """Tell whether a column of a run's table holds tuples of text."""
    schema = TABLES.get(name)
    declared = schema.column(column) if schema is not None else None
    if declared is not None and declared.kind == ColumnKind.LIST:
        return True
    return column in LIST_COLUMNS.get(name, ())


def _shape_bytes(shape: Any) -> bytes:  # noqa: ANN401
    if shape is None:
        return b""
    # files may turn a polygon into a multipolygon of one part
    parts = [shape] if not hasattr(shape, "geoms") else list(shape.geoms)
    return b"".join(shapely.to_wkb(part, byte_order=1, output_dimension=2) for part in parts)
