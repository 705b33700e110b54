"""What every body says about who leads, side by side, and where what they say goes together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gis.arrangement.partition import make_partition
from gis.duty import Question, Register, claims_seen, levels_asked, passes
from gis.duty.perspectives import RELATIONS, VIEWS, Relation, views
from gis.errors import InputError
from gis.labels import Labels
from gis.measure import EllipsoidMeasure
from gis.progress import silent
from gis.reasons import area_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.model.arrangement import FloatArray
    from gis.model.project import Project
    from gis.progress import Progress

_OWN = tuple(f"{view.value}_m2" for view in VIEWS)
_BODIES = ("matter", "level", "body", *_OWN, "named_by_others_m2")
_PAIRS = ("matter", "level", "body", "other", "says", "other_says", "relation", "area_m2")

#: So many bodies, and so many conflicts, are told on a terminal.
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Perspectives:
    """What the bodies of a project say; docs/perspectives.md has the columns.

    Parameters
    ----------
    perspectives
        By matter, level and body: the areas that it calls its own, joint, others' or not its own,
        and the area that others say is its.
    agreements_and_conflicts
        By matter, level and two bodies: the area about which both speak, by what each says.
    """

    perspectives: pd.DataFrame
    agreements_and_conflicts: pd.DataFrame


def perspectives(
    project: Project,
    *,
    matter: str | None = None,
    workers: int = 1,
    progress: Progress = silent,
) -> Perspectives:
    """Hear every body alone about every matter and level that the project asks about.

    Parameters
    ----------
    project
        Tables in one CRS, checked; its ``as_of`` is the day.
    matter
        One of the matters asked about; all by default.
    workers
        Number of threads; the result is the same for any.
    progress
        Told what is being done.

    Raises
    ------
    InputError
        If the project does not ask about the matter.
    """
    made = passes(project)
    asked = [name for each in made for name in each.matters]
    if matter is not None and matter not in asked:
        raise InputError("unknown_matter", column="matter", value=matter)
    measure = EllipsoidMeasure.around(project.jurisdiction.geometry.to_numpy(), project.crs)
    own: list[pd.DataFrame] = []
    pairs: list[pd.DataFrame] = []
    for number, each in enumerate(made):
        wanted = [name for name in each.matters if matter in {None, name}]
        if not wanted:
            continue
        progress("arrangement", number, len(made))
        partition = make_partition(
            project, each.matters, each.claim_rows, number=number, measure=measure, workers=workers
        )
        register = Register.of(partition, project)
        area_m2 = np.where(partition.inside, partition.area_m2, 0.0)
        for name in wanted:
            progress("matter", asked.index(name), len(asked))
            seen = project.claims.iloc[claims_seen(project, name)[0]]
            for level in levels_asked(seen):
                question = Question(name, level, project.settings.as_of)
                of_bodies, of_pairs = _told(register, question, area_m2)
                own.append(of_bodies)
                pairs.append(of_pairs)
    return Perspectives(
        pd.concat(own, ignore_index=True)[list(_BODIES)],
        pd.concat(pairs, ignore_index=True)[list(_PAIRS)],
    )


def _told(
    register: Register, question: Question, area_m2: FloatArray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both tables for one question; ground outside the jurisdiction has no area."""
    said = views(register, question)
    about = {"matter": question.matter, "level": question.level}
    names = np.array(said.sets.names, dtype=object)
    of_bodies = pd.DataFrame(said.own_areas(area_m2), columns=list(_OWN)).assign(
        **about, body=names, named_by_others_m2=said.named_by_others(area_m2)
    )
    spoken = of_bodies[[*_OWN, "named_by_others_m2"]].max(axis=1) > 0
    found = said.compared(area_m2)
    of_pairs = pd.DataFrame(
        {
            "body": names[found.first],
            "other": names[found.second],
            "says": np.array([view.value for view in VIEWS], dtype=object)[found.first_view],
            "other_says": np.array([view.value for view in VIEWS], dtype=object)[found.second_view],
            "relation": np.array([each.value for each in RELATIONS], dtype=object)[found.relation],
            "area_m2": found.area_m2,
        }
    ).assign(**about)
    return of_bodies.loc[spoken], of_pairs.loc[of_pairs["area_m2"] > 0]


def perspectives_json(told: Perspectives) -> dict[str, Any]:
    """Return what ``mangqu perspectives --json`` prints (docs/perspectives.md)."""
    return {
        "perspectives": told.perspectives.to_dict("records"),
        "agreements_and_conflicts": told.agreements_and_conflicts.to_dict("records"),
    }


def perspective_lines(told: Perspectives, project: Project, language: str) -> list[str]:
    """Return in words how many speak, who says more than "mine", and the largest conflicts."""
    labels = Labels.of(project, language)
    texts = labels.texts
    own, pairs = told.perspectives, told.agreements_and_conflicts
    apart = pairs[pairs["relation"] != Relation.AGREE]
    lines = [
        texts.text(
            "perspectives.head",
            about=_about(speaking.iloc[0], labels),
            bodies=len(speaking),
            pairs=_pairs_of(apart, speaking),
        )
        for _, speaking in own.groupby(list(_ABOUT), sort=False)
    ]
    notable = own[own[list(_NOTABLE)].max(axis=1) > 0]
    lines += [_body_line(row, labels) for row in notable.head(_SHOWN).to_dict("records")]
    lines += _more(len(notable), labels)
    worst = apart.sort_values("area_m2", ascending=False, kind="stable").head(_SHOWN)
    lines += [
        texts.text(
            f"perspectives.{row['relation']}",
            about=_about(row, labels),
            area=area_text(row["area_m2"], language),
            body=labels.body(row["body"]),
            says=texts.label("view", row["says"]),
            other=labels.body(row["other"]),
            other_says=texts.label("view", row["other_says"]),
        )
        for row in worst.to_dict("records")
    ]
    lines += _more(len(apart), labels)
    if apart.empty:
        lines.append(texts.text("perspectives.no_conflict"))
    return lines


_ABOUT = ("matter", "level")

#: Who says nothing but "mine", and of whom nobody else speaks, is not told of one by one.
_NOTABLE = (*_OWN[1:], "named_by_others_m2")


def _pairs_of(apart: pd.DataFrame, speaking: pd.DataFrame) -> int:
    """Return how many pairs of bodies do not agree about the one matter and level of some rows."""
    of_question = apart.merge(speaking[list(_ABOUT)].drop_duplicates())
    return len(of_question[["body", "other"]].drop_duplicates())


def _body_line(row: Mapping[Any, Any], labels: Labels) -> str:
    """Return what one body says, and others of it; what is nothing is left out."""
    texts, language = labels.texts, labels.texts.language
    parts = [
        texts.text(
            "perspectives.part",
            view=texts.label("view", view.value),
            area=area_text(row[column], language),
        )
        for view, column in zip(VIEWS, _OWN, strict=True)
        if row[column] > 0
    ]
    if row["named_by_others_m2"] > 0:
        area = area_text(row["named_by_others_m2"], language)
        parts.append(texts.text("perspectives.named", area=area))
    return texts.text(
        "perspectives.body",
        about=_about(row, labels),
        body=labels.body(row["body"]),
        parts=texts.text("perspectives.comma").join(parts),
    )


def _more(count: int, labels: Labels) -> list[str]:
    """Return the line that says how many are not told one by one, if any."""
    left = count - _SHOWN
    return [labels.texts.text("perspectives.more", count=left)] if left > 0 else []


def _about(row: Mapping[Any, Any] | pd.Series, labels: Labels) -> str:
    matter = labels.matter(row["matter"]) or labels.texts.text("summary.every_matter")
    return " · ".join([matter, *([labels.level(row["level"])] if row["level"] else [])])
