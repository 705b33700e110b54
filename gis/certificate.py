"""The proof that nothing was missed: areas that add up, claims that all touch, digests of all.

Sums that come about in different ways are held against each other. The jurisdiction's area comes
from an integral along its border; the standings' areas from the faces within; and what every row of
the jurisdiction, claims, zones and agreements covers is held against the polygon as it was drawn.
"""

from __future__ import annotations

import platform
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely

from gis.arrangement.partition import CUTTING_TABLES
from gis.digests import digest
from gis.duty.standing import STANDINGS
from gis.errors import CertificateError
from gis.model.vocabulary import GAP_STANDINGS, Standing
from gis.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from gis.arrangement.partition import Partition
    from gis.duty.question import Question
    from gis.duty.standing import Standings
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
    partition: Partition, question: Question, answer: Standings, jurisdiction_m2: float
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
    areas = np.bincount(
        answer.standing[inside], weights=partition.area_m2[inside], minlength=len(STANDINGS)
    )
    by_standing = {
        standing.value: float(area) for standing, area in zip(STANDINGS, areas, strict=True)
    }
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
        "statements": [asdict(remark) for remark in project.statements],
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
