"""What holds the rooms apart: the direction of imports, the packages shipped, the words spoken."""

import ast
import configparser
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import gis
from gis.catalogue import catalogue

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "gis").rglob("*.py"))

#: What each room of gis may import besides gis.model, gis.errors and gis.catalogue.
FLOORS = {
    "model": set(),
    "arrangement": {"gis.measure", "gis.arrangement"},
    "duty": {"gis.arrangement", "gis.duty"},
    "horizon": {
        "gis.arrangement",
        "gis.certificate",
        "gis.duty",
        "gis.findings",
        "gis.horizon",
        "gis.labels",
        "gis.measure",
        "gis.progress",
        "gis.reasons",
    },
    "lineage": {"gis.lineage", "gis.measure"},
    "readers": {"gis.readers"},
    "writers": {"gis.writers", "gis.output", "gis.measure"},
    "layers": {"gis.layers", "gis.readers", "gis.output", "gis.measure", "gis.progress"},
}
EVERYWHERE = {"gis.model", "gis.errors", "gis.catalogue"}


def imported(path):
    """Return the names of the modules that a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            names.add(node.module)
    return names


def room(module):
    """Return the package of gis, or the module right under it, that a name belongs to."""
    return ".".join(module.split(".")[:2])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_gis_never_imports_webmap_nor_what_only_webmap_needs(path):
    tops = {name.split(".")[0] for name in imported(path)}
    assert tops.isdisjoint({"webmap", "folium", "branca", "flask", "jinja2", "waitress"})


def test_importing_all_of_gis_loads_no_part_of_webmap():
    names = [
        module.name
        for module in pkgutil.walk_packages(gis.__path__, "gis.")
        if module.name != "gis.__main__"
    ]
    assert len(names) > 40
    script = (
        f"import importlib, sys\nfor name in {names!r}:\n    importlib.import_module(name)\n"
        "print([n for n in sys.modules if n.split('.')[0] in {'webmap', 'folium', 'flask'}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("floor", FLOORS)
def test_a_room_imports_only_what_lies_below_it(floor):
    for path in sorted((ROOT / "gis" / floor).rglob("*.py")):
        ours = {room(name) for name in imported(path) if name.split(".")[0] == "gis"}
        if floor == "model":
            assert ours <= {"gis.model"}, path
        assert ours <= FLOORS[floor] | EVERYWHERE, path


def test_the_wheel_ships_every_package_of_the_tree_and_no_other():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    shipped = set(config["options"]["packages"].split())
    found = set()
    for top, name in (("gis", "gis"), ("webmap", "webmap"), ("data", "mangqu_samples")):
        for path in (ROOT / top).rglob("__init__.py"):
            parts = path.parent.relative_to(ROOT / top).parts
            found.add(".".join((name, *parts)))
    assert shipped == found


def test_every_file_that_code_opens_is_shipped_with_its_package():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    patterns = config["options.package_data"]
    for package, folder in (("gis", "gis"), ("webmap", "webmap")):
        shipped = {
            path
            for pattern in patterns[package].replace(",", " ").split()
            for path in (ROOT / folder).glob(pattern)
        }
        present = {
            path
            for path in (ROOT / folder).rglob("*")
            if path.is_file()
            and path.suffix not in {".py", ".pyc"}
            and "vendor" not in path.relative_to(ROOT / folder).parts
            and "__pycache__" not in path.parts
        }
        missing = {path for path in present - shipped if path.name != ".installed"}
        assert missing == set()


def texts_asked():
    """Return every text of the form "group.word" that code of gis asks a catalogue for."""
    keys = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr == "text" and node.args:
                keys |= set(_literals(node.args[0]))
    return keys


def _literals(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_text_that_code_asks_for_is_in_the_catalogue(language):
    asked = texts_asked()
    assert len(asked) > 25
    assert asked - catalogue(language).texts.keys() == set()


def problems_raised():
    """Return the problems that code of gis raises, remarks on or finds in a run."""
    found = {"error": set(), "remark": set(), "discrepancy": set()}
    kinds = {
        "InputError": "error",
        "OutputError": "error",
        "CertificateError": "error",
        "MissingPartError": "error",
        "Discrepancy": "discrepancy",
    }
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )
            first = list(_literals(node.args[0])) if node.args else []
            if name in kinds:
                found[kinds[name]] |= set(first)
            elif name == "error" and isinstance(node.func, ast.Attribute):
                found["error"] |= set(first)
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_problem_that_code_raises_has_a_sentence_and_a_remedy(language):
    texts = catalogue(language).texts
    raised = problems_raised()
    assert len(raised["error"]) > 30
    assert {p for p in raised["error"] if f"error.{p}" not in texts} == set()
    assert {p for p in raised["error"] if f"remedy.{p}" not in texts} == set()
    assert len(raised["discrepancy"]) > 4
    assert {p for p in raised["discrepancy"] if f"discrepancy.{p}" not in texts} == set()


def test_no_module_calls_itself_a_helper():
    names = {path.stem for top in ("gis", "webmap") for path in (ROOT / top).rglob("*.py")}
    assert not {name for name in names if re.search(r"util|helper|manager|misc|common", name)}


@pytest.mark.parametrize("top", ["gis", "webmap"])
def test_no_module_grows_beyond_what_one_sitting_reads(top):
    long = {
        path.name: count
        for path in (ROOT / top).rglob("*.py")
        if (count := len(path.read_text("utf-8").splitlines())) > 420
    }
    assert long == {}
