"""The ledger and the responsibility lists as XLSX workbooks, written whole or not at all."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import TYPE_CHECKING

import xlsxwriter

from gis.labels import Labels
from gis.model.vocabulary import FindingClass
from gis.output import new_file
from gis.writers.cells import sheet_names
from webmap.reports.ledger import (
    JOINT_COLUMNS,
    LANE_COLUMNS,
    LEDGER_COLUMNS,
    SLIVER_COLUMNS,
    STATES,
    Wording,
    ledger_blocks,
)
from webmap.reports.responsibilities import (
    MOST_BODY_SHEETS,
    REPLIES,
    body_blocks,
    common_blocks,
    duties_by_body,
    index_block,
)
from webmap.reports.sheets import Block, Book, Column, Head, Kind, write_sheet
from webmap.text import page_catalogue

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from gis.model.run import Run

#: What a person may answer about a sliver.
CHECKS = ("to_check", "redrawn", "accepted", "real")

_ABOUT_COLUMNS = (Column("item"), Column("value", Kind.LONG))
_TOTAL_COLUMNS = (
    Column("class"),
    Column("meaning", Kind.LONG),
    Column("count", Kind.INTEGER),
    Column("total_m2", Kind.NUMBER),
    Column("total_m", Kind.NUMBER),
)
_QUESTION_COLUMNS = (
    Column("matter"),
    Column("level"),
    Column("jurisdiction_m2", Kind.NUMBER),
    Column("covered_m2", Kind.NUMBER),
    Column("gap_m2", Kind.NUMBER),
    Column("contested_m2", Kind.NUMBER),
)
_EXPLAINED_COLUMNS = (Column("column"), Column("explanation", Kind.LONG))


def write_ledger(run: Run, path: str | os.PathLike[str], *, language: str) -> None:
    """Write the issue ledger (问题台账): findings, lanes, joint places, slivers, explanations.

    Parameters
    ----------
    run
        The run; its tables are not changed.
    path
        The XLSX file; replaced if it is there.
    language
        ``"zh"`` or ``"en"``.

    Raises
    ------
    OutputError
        If the file cannot be written. Nothing is left behind then.
    """
    wording = _wording(run, language)
    texts = wording.texts
    choices = {
        "state": [texts.label("state", state) for state in STATES],
        "body": _body_choices(run, wording),
        "check": [texts.text(f"report.check.{check}") for check in CHECKS],
    }

    def fill(book: Book) -> None:
        for key, block in ledger_blocks(run, wording).items():
            title = texts.text(f"report.title.{key}", count=len(block.rows))
            write_sheet(book, texts.text(f"report.sheet.{key}"), title, [block])
        write_sheet(
            book,
            texts.text("report.sheet.about"),
            texts.text("report.title.about"),
            _about(run, wording),
        )
        book.write_choices(texts.text("report.sheet.choices"))

    _write(run, Path(path), wording, choices, fill)


def write_responsibility_lists(run: Run, path: str | os.PathLike[str], *, language: str) -> None:
    """Write the responsibility lists (责任清单): an index and a sheet for each body.

    With more than ``MOST_BODY_SHEETS`` bodies, one sheet for each of the three tables holds all
    of them, to be filtered by body; the index says so.

    Parameters
    ----------
    run
        The run; its tables are not changed.
    path
        The XLSX file; replaced if it is there.
    language
        ``"zh"`` or ``"en"``.

    Raises
    ------
    OutputError
        If the file cannot be written. Nothing is left behind then.
    """
    wording = _wording(run, language)
    texts = wording.texts
    by_body = duties_by_body(run, wording)
    choices = {"reply": [texts.text(f"report.reply.{reply}") for reply in REPLIES]}
    index = texts.text("report.sheet.index")
    fixed = [index, texts.text("report.sheet.choices")]

    def fill_each(book: Book) -> None:
        wanted = [wording.labels.body(body) for body in by_body]
        names = sheet_names(wanted, texts.text("report.sheet.unnamed"), fixed)
        remark = texts.text("report.index.each")
        block = index_block(run, by_body, names, wording)
        write_sheet(book, index, texts.text("report.title.index"), [block], remark)
        for (body, duties), name in zip(by_body.items(), names, strict=True):
            title = texts.text("report.title.body", body=wording.labels.body(body))
            write_sheet(book, name, title, body_blocks(duties, wording))
        book.write_choices(texts.text("report.sheet.choices"))

    def fill_common(book: Book) -> None:
        names = [texts.text("report.sheet.duties")] * len(by_body)
        remark = texts.text("report.index.common", most=MOST_BODY_SHEETS)
        block = index_block(run, by_body, names, wording)
        write_sheet(book, index, texts.text("report.title.index"), [block], remark)
        for key, common in common_blocks(by_body, wording).items():
            name = texts.text(f"report.sheet.{key}")
            write_sheet(book, name, texts.text(f"report.title.{key}"), [common])
        book.write_choices(texts.text("report.sheet.choices"))

    fill = fill_each if len(by_body) <= MOST_BODY_SHEETS else fill_common
    _write(run, Path(path), wording, choices, fill)


def _wording(run: Run, language: str) -> Wording:
    return Wording(Labels.of(run, language), page_catalogue(language))


def _body_choices(run: Run, wording: Wording) -> list[str]:
    """Return the names of the bodies; two of one name are told apart by their ids."""
    ids: list[str] = run.bodies["body_id"].tolist()
    names = [wording.labels.body(body) for body in ids]
    return [
        name if names.count(name) == 1 else wording.texts.text("report.alike", name=name, body=body)
        for body, name in zip(ids, names, strict=True)
    ]


def _about(run: Run, wording: Wording) -> list[Block]:
    texts = wording.texts
    settings, language = run.settings, texts.language
    digest = run.certificate.get("tables", {}).get("findings", {}).get("sha256", "")
    items = {
        "project": settings.name.text(language),
        "notice": settings.notice.text(language),
        "attribution": settings.attribution.text(language),
        "as_of": settings.as_of.isoformat(),
        "purpose": texts.text("report.about.purpose"),
        "ledgers": texts.text("report.about.ledgers"),
        "by_hand": texts.text("report.about.by_hand"),
        "slivers": texts.text("report.about.slivers"),
        "digest": digest,
        "digest_means": texts.text("report.about.digest_means") if digest else "",
    }
    rows = [
        {"item": texts.text(f"report.item.{key}"), "value": value}
        for key, value in items.items()
        if value
    ]
    columns = {
        column.key: {
            "column": texts.text(f"report.column.{column.key}"),
            "explanation": texts.text(f"report.explain.{column.key}"),
        }
        for column in (*LEDGER_COLUMNS, *LANE_COLUMNS, *JOINT_COLUMNS, *SLIVER_COLUMNS)
    }
    questions = [
        {
            **question,
            "matter": wording.matter(question["matter"]),
            "level": wording.level(question["level"]),
        }
        for question in run.certificate.get("questions", [])
    ]
    headings = {key: texts.text(f"report.block.{key}") for key in ("about", "totals", "questions")}
    return [
        Block(_ABOUT_COLUMNS, rows, headings["about"]),
        Block(_TOTAL_COLUMNS, _totals(run, wording), headings["totals"]),
        Block(_QUESTION_COLUMNS, questions, headings["questions"]),
        Block(_EXPLAINED_COLUMNS, list(columns.values()), texts.text("report.block.columns")),
    ]


def _totals(run: Run, wording: Wording) -> list[dict[str, object]]:
    """Return number and size of the findings of each class that there is."""
    texts = wording.texts
    rows: list[dict[str, object]] = []
    for name in FindingClass:
        of_class = run.findings[run.findings["class"] == name]
        rows.append(
            {
                "class": texts.label("class", name),
                "count": len(of_class),
                "total_m2": of_class["area_m2"].sum(),
                "meaning": texts.label("meaning", name),
            }
        )
    for name, stretches in run.lane_findings.groupby("class", sort=True):
        rows.append(
            {
                "class": texts.label("class", str(name)),
                "count": len(stretches),
                "total_m": stretches["length_m"].sum(),
                "meaning": texts.label("meaning", str(name)),
            }
        )
    return rows


def _write(
    run: Run,
    path: Path,
    wording: Wording,
    choices: dict[str, list[str]],
    fill: Callable[[Book], None],
) -> None:
    """Let ``fill`` write a workbook, then put it in place in one step."""
    language = wording.texts.language
    settings = run.settings
    stored = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    workbook = xlsxwriter.Workbook(stored, options)
    # the day asked about, not the clock: one run makes one file, byte for byte
    created = dt.datetime.combine(settings.as_of, dt.time())
    workbook.set_properties({"created": created, "author": "Mangqu"})
    head = Head(settings.name.text(language), settings.notice.text(language), settings.as_of)
    fill(Book(workbook, wording.texts, head, choices))
    workbook.close()
    with new_file(path) as aside:
        aside.write_bytes(stored.getvalue())
