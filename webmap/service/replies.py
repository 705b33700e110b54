"""Who answers here? What :mod:`gis.whois` found, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.model.vocabulary import GAP_STANDINGS, Standing

if TYPE_CHECKING:
    from gis.whois import Answer, Ground
    from webmap.service.served import ServedRun
    from webmap.service.wording import Wording

#: Standings in which one knows whom to turn to without reading on.
SETTLED = (Standing.SOLE, Standing.JOINT, Standing.ELSEWHERE)

#: The longest borders are enough to know whom to ask.
NEIGHBOURS_TOLD = 4


@dataclass(frozen=True, slots=True)
class Reply:
    """What a reader is told about one matter at one place.

    Parameters
    ----------
    matter, level
        Labels; ``level`` is ``""`` where the question names none.
    standing
        Word of the vocabulary, for colours.
    standing_label
        Its label.
    tone
        ``"settled"``, ``"open"`` (nobody leads) or ``"disputed"``.
    headline
        The answer in one sentence.
    details
        Pairs of label and text.
    finding_ids
        Findings that cover the place.
    """

    matter: str
    level: str
    standing: str
    standing_label: str
    tone: str
    headline: str
    details: tuple[tuple[str, str], ...]
    finding_ids: tuple[str, ...]


def reply(answer: Answer, served: ServedRun, wording: Wording) -> Reply:
    """Put an answer into words."""
    return Reply(
        matter=wording.matter(answer.matter),
        level=wording.level(answer.level) if answer.level else "",
        standing=answer.standing,
        standing_label=wording.word("standing", answer.standing),
        tone=_tone(answer.standing),
        headline=_headline(answer, wording),
        details=tuple(_details(answer, served, wording)),
        finding_ids=answer.finding_ids,
    )


def _tone(standing: str) -> str:
    if standing in SETTLED:
        return "settled"
    return "open" if standing in GAP_STANDINGS else "disputed"


def _headline(answer: Answer, wording: Wording) -> str:
    return wording.text(
        f"reply.{answer.standing}",
        leads=wording.bodies(answer.leads) or wording.text("nobody"),
        assists=wording.bodies(answer.assists) or wording.text("nobody"),
    )


def _details(answer: Answer, served: ServedRun, wording: Wording) -> list[tuple[str, str]]:
    """Return what stands below the headline, in the order in which it helps."""
    details: list[tuple[str, str]] = []

    def tell(key: str, text: str) -> None:
        if text:
            details.append((wording.text(f"reply_part.{key}"), text))

    if answer.leads != (answer.first_receiver,):  # else the headline has named it already
        tell("first_receiver", _first_receiver(answer, wording))
    if answer.standing != Standing.LEADERLESS:
        tell("assists", wording.bodies(answer.assists))
    for ground in answer.grounds:
        tell("ground", _ground_text(ground, wording))
    for finding_id in answer.finding_ids:
        position = served.findings.positions.get(finding_id)
        if position is None:
            continue
        row = served.findings.row(position)
        beside = [border for border in served.neighbours.get(finding_id, []) if border[0]]
        tell("why", row[f"reason_{wording.language}"])
        tell(
            "neighbours",
            wording.listed(
                wording.text("shared", body=wording.body(body), length=wording.length(shared))
                for body, shared in beside[:NEIGHBOURS_TOLD]
            ),
        )
        tell("law", wording.word("law", row["law"]))
    return details


def _first_receiver(answer: Answer, wording: Wording) -> str:
    if answer.first_receiver:
        return wording.body(answer.first_receiver)
    # where no body takes the first call, the finding's number stands in for one
    if answer.finding_ids:
        return wording.text("reply.quote_number", ids=wording.listed(answer.finding_ids))
    return wording.text("reply.no_receiver")


def _ground_text(ground: Ground, wording: Wording) -> str:
    basis = (wording.word("basis", ground.basis), ground.basis_ref)
    parts = [
        wording.body(ground.body),
        wording.word("role", ground.role),
        wording.text("space").join(part for part in basis if part) or wording.text("no_basis"),
        wording.text("since", date=ground.valid_from) if ground.valid_from else "",
        wording.text("until", date=ground.valid_to) if ground.valid_to else "",
    ]
    return wording.text("dot").join(part for part in parts if part)
