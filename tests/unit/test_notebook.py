from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "panjin.ipynb"

# the kernel is a process of its own, whose libraries warn about themselves
pytestmark = [pytest.mark.filterwarnings("default"), pytest.mark.xdist_group("notebook")]


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebook")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()
    return notebook, folder / "panjin-notebook"


def shown(notebook):
    return "".join(
        output.get("text", "") + output.get("data", {}).get("text/plain", "")
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    )


def test_the_notebook_runs_and_finds_all_that_was_planted_and_nothing_else(executed):
    notebook, _ = executed
    assert "recall 100%  precision 100%  (25 planted)" in shown(notebook)


def test_the_notebook_leaves_a_project_a_run_a_map_and_a_ledger(executed):
    _, work = executed
    assert {path.name for path in work.iterdir()} == {"project", "run", "map.html", "ledger.xlsx"}


def test_the_notebook_is_committed_without_outputs():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)


def test_every_heading_of_the_notebook_is_in_both_languages():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    headings = [
        line
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("#")
    ]
    assert len(headings) > 8
    for heading in headings:
        chinese, english = heading.lstrip("# ").split(" · ")
        assert any(mark > "\u3000" for mark in chinese)
        assert english.isascii()
