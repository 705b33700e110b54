"""A run in a few lines: what was asked, what is wanting, what the proof says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gis.labels import Labels
from gis.model.vocabulary import FindingClass

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


def counts(run: Run) -> dict[str, int]:
    """Return the number of findings by class, the gravest first; classes without any left out."""
    found = run.findings["class"].value_counts()
    return {name.value: int(found[name.value]) for name in FindingClass if name.value in found}


def summary_lines(run: Run, language: str) -> list[str]:
    """Return a run's summary in five lines for people."""
    labels = Labels.of(run, language)
    texts = labels.texts
    worst = max(run.certificate["questions"], key=lambda question: question["gap_m2"])
    residual = max(
        abs(question["residual_m2"]) / question["jurisdiction_m2"]
        for question in run.certificate["questions"]
    )
    found = counts(run)
    slivers = found.pop(FindingClass.SLIVER.value, 0)
    classes = texts.text("summary.comma").join(
        f"{texts.label('class', name)} {count}" for name, count in found.items()
    )
    lanes = run.lane_findings
    return [
        texts.text(
            "summary.head",
            name=run.settings.name.text(language),
            as_of=run.settings.as_of.isoformat(),
            area=f"{run.certificate['jurisdiction_m2'] / 1e6:,.2f}",
            questions=len(run.certificate["questions"]),
        ),
        texts.text(
            "summary.findings",
            count=sum(found.values()),
            by_class=texts.text("summary.by_class", classes=classes) if classes else "",
            slivers=slivers,
        ),
        texts.text(
            "summary.worst",
            matter=labels.matter(worst["matter"]) or texts.text("summary.every_matter"),
            gap=f"{worst['gap_m2'] / 1e6:,.4f}",
            share=f"{worst['gap_m2'] / worst['jurisdiction_m2']:.2%}",
        ),
        texts.text(
            "summary.lanes",
            unowned=int((lanes["class"] == "lane_unowned").sum()),
            border=int((lanes["class"] == "lane_border").sum()),
        ),
        texts.text(
            "summary.proof",
            residual=f"{residual:.1e}",
            lost=len(run.certificate["claims"]["lost"]),
            recorded=run.certificate["claims"]["recorded"],
        ),
    ]
