"""Projects and runs that several test modules read and none changes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import pytest
import shapely
from hypothesis import settings

from gis.arrangement.kernel import is_prepared
from gis.pipeline import run_project
from gis.run_folder import read_run
from tests import toy_county

if TYPE_CHECKING:
    from pathlib import Path

    from gis.model.run import Run

# the same examples in every run, however slow the machine: a red run can be repeated
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

AS_OF = date(2026, 8, 15)


@pytest.fixture(scope="session")
def toy_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the toy county's project."""
    return toy_county.write_project(tmp_path_factory.mktemp("toy") / "project")


@pytest.fixture(scope="session")
def machine_code(toy_run_folder: Path) -> None:
    """Have the kernel compiled by a run, so that no program has to say that it does it now."""
    assert toy_run_folder.is_dir()
    assert is_prepared()


@pytest.fixture(scope="session")
def toy_run_folder(toy_project: Path) -> Path:
    """Return the folder of a run of the toy county; copy it before changing anything."""
    folder = toy_project.parent / "run"
    run_project(toy_project, folder, today=AS_OF)
    return folder


@pytest.fixture(scope="session")
def toy_run(toy_run_folder: Path) -> Run:
    """Return the toy county's run, as read back from its folder."""
    return read_run(toy_run_folder)


@pytest.fixture(scope="session")
def full_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a project in which every table of a run gets a row."""
    frame = toy_county.frame
    claims = pd.concat(
        [
            toy_county.claims().assign(matter="order", valid_to=None),
            frame(
                {"body": ["West"], "matter": ["cleaning"], "valid_to": ["2026-06-30"]},
                [toy_county.MAIN],
            ),
        ],
        ignore_index=True,
    )
    tables = {
        "claims": claims,
        "zones": frame({"kind": ["back_lane"]}, [toy_county.ALLEY]),
        "lanes": frame(
            {"name_zh": ["中巷"], "name_en": ["Middle Lane"]},
            [shapely.LineString([(2000, 0), (2000, 4000)])],
        ),
        "agreements": frame(
            {"parties": ['["West", "East"]'], "first_receiver": ["East"], "matter": ["order"]},
            [toy_county.OVERLAP],
        ),
        "matters": pd.DataFrame({"matter_id": ["order", "cleaning"]}),
        "bodies": pd.DataFrame(
            {"body_id": ["West", "East", "Works"], "name_zh": ["西", "东", "厂"]}
        ),
    }
    return toy_county.write_project(tmp_path_factory.mktemp("full") / "project", tables)


@pytest.fixture(scope="session")
def full_run_folder(full_project: Path) -> Path:
    """Return the folder of a run in which no table is empty; copy it before changing anything."""
    folder = full_project.parent / "run"
    run_project(full_project, folder, today=AS_OF)
    return folder
