"""A run in a few lines: what was asked, what is wanting, what the proof says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gis.labels import Labels
from gis.model.vocabulary import FindingClass, LaneFindingClass

if TYPE_CHECKING:
    from gis.model.run import Run


def summary(run: Run) -> dict[str, Any]:
    """Return the counts and areas of a run, for machines."""
    return {
        "as_of": run.settings.as_of.isoformat(),
        "jurisdiction_m2": run.certificate["jurisdiction_m2"],
        "counts": counts(run),
        "lanes": {
            str(name): int(count)
            for name, count in run.lane_findings["class"].value_counts().items()
        },
        "questions": run.certificate["questions"],
        "claims_lost": run.certificate["claims"]["lost"],
    }


@dataclass(frozen=True, slots=True)
class Tally:
    """How much was found, counted in the one way that every page and table counts.

    Parameters
    ----------
    places
        Findings that ask for somebody's responsibility: all but joint places and slivers.
    joint
        Places held jointly under an agreement; no problem, but worth knowing.
    slivers
        Places narrower than the borders are accurate: a matter of data.
    lane_unowned, lane_border
        Stretches of lane without an owner, and along a border of two.
    """

    places: int
    joint: int
    slivers: int
    lane_unowned: int
    lane_border: int


def tally(run: Run) -> Tally:
    """Count the findings of a run."""
    classes = run.findings["class"]
    lanes = run.lane_findings["class"]
    joint = int((classes == FindingClass.JOINT).sum())
    slivers = int((classes == FindingClass.SLIVER).sum())
    return Tally(
        places=len(classes) - joint - slivers,
        joint=joint,
        slivers=slivers,
        lane_unowned=int((lanes == LaneFindingClass.UNOWNED).sum()),
        lane_border=int((lanes == LaneFindingClass.BORDER).sum()),
    )


def counts(run: Run) -> dict[str, int]:
    """Return the number of findings by class, the gravest first; classes without any left out."""
    found = run.findings["class"].value_counts()
    return {name.value: int(found[name.value]) for name in FindingClass if name.value in found}


def summary_lines(run: Run, language: str) -> list[str]:
    """Return a run's summary in five lines for people, and a sixth if claims are lost."""
    labels = Labels.of(run, language)
    texts = labels.texts
    worst = max(run.certificate["questions"], key=lambda question: question["gap_m2"])
    residual = max(
        abs(question["residual_m2"]) / question["jurisdiction_m2"]
        for question in run.certificate["questions"]
    )
    total = tally(run)
    apart = (FindingClass.SLIVER.value, FindingClass.JOINT.value)
    found = {name: count for name, count in counts(run).items() if name not in apart}
    classes = texts.text("summary.comma").join(
        f"{texts.label('class', name)} {count}" for name, count in found.items()
    )
    lines = [
        texts.text(
            "summary.head",
            name=run.settings.name.text(language),
            as_of=run.settings.as_of.isoformat(),
            area=f"{run.certificate['jurisdiction_m2'] / 1e6:,.2f}",
            questions=len(run.certificate["questions"]),
        ),
        texts.text(
            "summary.findings",
            count=total.places,
            by_class=texts.text("summary.by_class", classes=classes) if classes else "",
            joint=total.joint,
            slivers=total.slivers,
        ),
        texts.text(
            "summary.worst",
            matter=labels.matter(worst["matter"]) or texts.text("summary.every_matter"),
            gap=f"{worst['gap_m2'] / 1e6:,.4f}",
            share=f"{worst['gap_m2'] / worst['jurisdiction_m2']:.2%}",
        ),
        texts.text(
            "summary.lanes",
            unowned=total.lane_unowned,
            border=total.lane_border,
        ),
        texts.text(
            "summary.proof",
            residual=f"{residual:.1e}",
            lost=len(run.certificate["claims"]["lost"]),
            recorded=run.certificate["claims"]["recorded"],
        ),
    ]
    lost = run.certificate["claims"]["lost"]
    if lost:
        shown = texts.text("summary.comma").join(lost[:_NAMED])
        if len(lost) > _NAMED:
            shown = texts.text("summary.more", shown=shown, count=len(lost))
        lines.append(texts.text("summary.lost", claims=shown))
    return lines


#: So many lost claims are named in a summary.
_NAMED = 5
