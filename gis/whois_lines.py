"""Say in words who answers at a point, on what ground, how surely, and what the law proposes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.near_border import WITHIN_ACCURACY
from gis.whois_shape import OUTSIDE

if TYPE_CHECKING:
    from gis.labels import Labels
    from gis.model.run import Run
    from gis.whois import Answer
    from gis.whois_shape import Share


def answer_line(answer: Answer, labels: Labels) -> str:
    """Return one answer in words: the body, or the finding that stands in for it."""
    texts = labels.texts
    names = texts.text("whois.and").join(labels.body(body) for body in answer.leads)
    sentence = texts.text(
        f"whois.{answer.standing}",
        leads=names,
        receiver=labels.body(answer.first_receiver),
        finding=", ".join(answer.finding_ids),
    )
    head = " · ".join(
        part for part in (labels.matter(answer.matter), labels.level(answer.level)) if part
    )
    return f"{head}: {sentence}" if head else sentence


def more_lines(answer: Answer, result: Run, labels: Labels) -> list[str]:
    """Return the ground and the nearest border of an answer, then what there is to its findings."""
    return [
        *_ground_lines(answer, labels),
        *_finding_lines(answer, result, labels),
        *_proposal_lines(answer, labels),
    ]


def _ground_lines(answer: Answer, labels: Labels) -> list[str]:
    texts = labels.texts
    basis = [texts.label("basis", answer.basis) if answer.basis else "", answer.basis_ref]
    parts = [
        texts.text("whois.basis", basis=" ".join(filter(None, basis))) if any(basis) else "",
        texts.text("whois.since", day=answer.since) if answer.since else "",
        texts.text("whois.until", day=answer.until) if answer.until else "",
    ]
    lines = [texts.text("whois.stop").join(filter(None, parts))] if any(parts) else []
    if answer.border_m is not None and answer.border_accuracy_m is not None:
        names = texts.text("whois.and").join(labels.body(body) for body in answer.beyond)
        word = "within_accuracy" if answer.certainty == WITHIN_ACCURACY else "sure"
        lines.append(
            texts.text(
                f"whois.border.{word}",
                metres=f"{answer.border_m:.1f}",
                accuracy=f"{answer.border_accuracy_m:.1f}",
                bodies=names or texts.text("whois.nobody"),
            )
        )
    return lines


def _proposal_lines(answer: Answer, labels: Labels) -> list[str]:
    texts = labels.texts
    return [
        texts.text(
            "whois.proposed" if each.body else "whois.unresolved",
            article=each.article,
            body=labels.body(each.body),
            confidence=f"{each.confidence:.0%}",
            why=texts.text(f"unresolved.{each.unresolved}") if each.unresolved else "",
        )
        for each in answer.proposals
    ]


def _finding_lines(answer: Answer, result: Run, labels: Labels) -> list[str]:
    lines = []
    wanting = result.findings[result.findings["finding_id"].isin(answer.finding_ids)]
    for neighbours, law in zip(wanting["neighbours"], wanting["law"], strict=True):
        if neighbours:
            names = labels.texts.text("whois.and").join(labels.body(body) for body in neighbours)
            lines.append(labels.texts.text("whois.next_to", bodies=names))
        if not answer.proposals:  # the project's own ordinance says it better
            lines.append(labels.texts.text(f"law.{law}"))
    return lines


def share_line(share: Share, labels: Labels) -> str:
    """Return one part of a shape in words."""
    texts = labels.texts
    names = texts.text("whois.and").join(labels.body(body) for body in share.leads)
    beyond = share.standing == OUTSIDE
    standing = (
        texts.text("whois.beyond_limit") if beyond else texts.label("standing", share.standing)
    )
    head = " · ".join(
        part for part in (labels.matter(share.matter), labels.level(share.level)) if part
    )
    sentence = texts.text(
        "whois.share",
        share=f"{share.share:.1%}",
        area=f"{share.area_m2:,.0f}",
        standing=standing,
        bodies=names or texts.text("whois.nobody"),
        findings=" ".join(share.finding_ids),
    ).strip()
    return f"{head}: {sentence}" if head else sentence
