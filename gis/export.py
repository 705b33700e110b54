"""The tables of a run as they are given away: days as days, lists as lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gis.errors import OutputError
from gis.run_folder import RUN_TABLES, read_run
from gis.writers import Note, known_ending, refuse_foreign, write_layers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gis.model.run import Run

#: Columns of the answers that hold a day as ISO text, ``""`` for none.
_DAYS = ("as_of", "lapsed_on")


def layers_of_run(run: Run) -> dict[str, pd.DataFrame]:
    """Return the tables of a run by name, those that a person opens first at the top."""
    return {name: _with_days(getattr(run, name)) for name in RUN_TABLES}


def _with_days(table: pd.DataFrame) -> pd.DataFrame:
    days = {
        name: pd.to_datetime(table[name].replace("", None), format="%Y-%m-%d")
        for name in _DAYS
        if name in table.columns
    }
    return table.assign(**days)


def export_run(
    folder: Path, path: Path, *, layers: Sequence[str] = (), language: str
) -> tuple[dict[str, int], tuple[Note, ...]]:
    """Write tables of a run to a file whose ending decides the format.

    Parameters
    ----------
    folder
        The run's folder; not changed.
    path
        The file, outside that folder.
    layers
        Names of the tables wanted; all by default.
    language
        ``"zh"`` or ``"en"``: for what the file says besides its values.

    Returns
    -------
    rows, notes
        Number of rows by table written, and what the format could not hold as it was.

    Raises
    ------
    InputError
        If the folder is not a run, or is damaged.
    OutputError
        If the ending stands for no format, a table is not among the run's, the format holds
        fewer of them, or the place cannot be written.
    MissingPartError
        If the format needs a part that is not installed.
    """
    known = known_ending(path)
    unknown = [name for name in layers if name not in RUN_TABLES]
    if unknown:
        raise OutputError("layer_not_in_run", layer=unknown[0], layers=", ".join(RUN_TABLES))
    wanted = dict.fromkeys(layers or RUN_TABLES)
    if known.one_layer and len(wanted) > 1:
        raise OutputError("several_layers", path=str(path), layers=", ".join(wanted))
    if path.resolve().is_relative_to(folder.resolve()):
        raise OutputError("output_in_run", path=str(path), folder=str(folder))
    refuse_foreign(path, RUN_TABLES)
    tables = layers_of_run(read_run(folder))
    chosen = {name: tables[name] for name in wanted}
    notes = write_layers(chosen, path, language=language)
    left_out = {note.layer for note in notes if note.problem == "table_left_out"}
    rows = {name: len(table) for name, table in chosen.items() if name not in left_out}
    return rows, notes
