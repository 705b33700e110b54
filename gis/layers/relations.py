"""Hold the tables of a project against each other, and make up those that the user left out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from gis.layers.case_histories import history_errors
from gis.layers.checking import Origin, blank_rows, fill_accuracy
from gis.layers.crosschecks import (
    Table,
    bodies_named,
    circular_parents,
    join_places,
    matters_named,
    unknown_names,
    with_names,
)
from gis.layers.names_for_keys import with_keys
from gis.layers.project_file import PROJECT_FILE
from gis.model.tables import TABLES
from gis.readers.raw import LayerFile

if TYPE_CHECKING:
    from gis.errors import InputError
    from gis.layers.refusals import Refusals
    from gis.model.project import Remark, Settings

#: Tables in which a row without a geometry may name a place instead, or hold everywhere.
JOIN_PLACES = ("claims", "agreements")


#: Which columns name rows of a table, by the table that they name.
_NAMING = {
    "bodies": (
        ("claims", "body"),
        ("agreements", "parties"),
        ("agreements", "first_receiver"),
        ("lanes", "body"),
        ("case_events", "from_body"),
        ("case_events", "to_body"),
        ("bodies", "superior_id"),
    ),
    "matters": (
        ("claims", "matter"),
        ("agreements", "matter"),
        ("cases", "matter"),
        ("matters", "parent_id"),
    ),
}


def related(
    tables: dict[str, Table], settings: Settings, refusals: Refusals, remarks: list[Remark]
) -> dict[str, Table]:
    """Return the tables with places joined, names filled in and missing tables made up.

    Parameters
    ----------
    tables
        Every table, each in form; one that could not be read in full is not held against others,
        as what it lacks may stand in the part that is wanting.
    settings
        The project's head.
    refusals
        What does not fit together is added here.
    remarks
        That names were taken for keys is added here.
    """
    answer = dict(tables)
    for name in JOIN_PLACES:
        joined, wrong = join_places(
            tables[name], tables["places"], geometry_required=TABLES[name].geometry_required
        )
        answer[name] = replace(tables[name], frame=joined)
        refusals.add(wrong)
    fill_accuracy(answer["claims"].frame, settings.accuracy_m)
    _take_names_for_keys(answer, remarks)
    if answer["bodies"].given:
        refusals.add(_body_errors(answer))
    else:
        named = bodies_named(*(answer[name].frame for name in ("claims", "agreements", "lanes")))
        answer["bodies"] = _made_up("bodies", named, like=answer["claims"])
    if answer["matters"].given:
        refusals.add(_matter_errors(answer))
    else:
        named = matters_named(answer["claims"].frame)
        answer["matters"] = _made_up("matters", named, like=answer["claims"])
    refusals.add(history_errors(answer["case_events"], answer["cases"]))
    for name in ("bodies", "matters"):
        frame = with_names(answer[name].frame, TABLES[name].key)
        answer[name] = replace(answer[name], frame=frame)
    return answer


def _take_names_for_keys(tables: dict[str, Table], remarks: list[Remark]) -> None:
    """Replace the names of bodies and matters by their keys, in place."""
    for listed, naming in _NAMING.items():
        if not tables[listed].given:
            continue
        for name, column in naming:
            key = TABLES[listed].key
            tables[name], told = with_keys(tables[name], column, tables[listed], key)
            remarks += told


def _body_errors(tables: dict[str, Table]) -> list[InputError]:
    bodies = tables["bodies"]
    errors = []
    for name, column in _NAMING["bodies"]:
        errors += unknown_names(tables[name], column, bodies, "body_id", "body_not_listed")
    return errors + circular_parents(bodies, "body_id", "superior_id", "body_circular")


def _matter_errors(tables: dict[str, Table]) -> list[InputError]:
    matters = tables["matters"]
    errors = []
    for name, column in _NAMING["matters"]:
        errors += unknown_names(tables[name], column, matters, "matter_id", "matter_not_listed")
    return errors + circular_parents(matters, "matter_id", "parent_id", "matter_circular")


def asked_matters(
    tables: dict[str, Table], settings: Settings, refusals: Refusals, remarks: list[Remark]
) -> Settings:
    """Return a project's head in which the matters asked about are named by their keys.

    Parameters
    ----------
    tables, settings, refusals, remarks
        As for :func:`related`.
    """
    matters = tables["matters"]
    frame = pd.DataFrame({"matters": list(settings.matters)}, dtype="str")
    head = LayerFile.for_messages(PROJECT_FILE)
    asked = Table(frame, Origin((head,), (0,) * len(frame), (1,) * len(frame)), given=True)
    asked, told = with_keys(asked, "matters", matters, "matter_id")
    errors = unknown_names(asked, "matters", matters, "matter_id", "matter_not_listed")
    for error in errors:
        error.row = None
    refusals.add(errors)
    remarks += told
    return replace(settings, matters=tuple(dict.fromkeys(asked.frame["matters"])))


def _made_up(name: str, keys: list[str], like: Table) -> Table:
    frame = blank_rows(TABLES[name], len(keys))
    frame[TABLES[name].key] = pd.Series(keys, dtype="str")
    return Table(frame, Origin((), (), ()), given=False, whole=like.whole)
