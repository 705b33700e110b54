"""ZIP archives that are the same, byte for byte, whenever they are made."""

from __future__ import annotations

import shutil
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_READABLE_BY_ALL = 0o644 << 16


def write_zip(path: Path, members: Mapping[str, bytes | Path]) -> None:
    """Write an archive of members given as bytes or as files, in their order.

    Parameters
    ----------
    path
        The archive.
    members
        What it holds, by name; a name beyond ASCII is marked as UTF-8.
    """
    with zipfile.ZipFile(path, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _READABLE_BY_ALL
            if isinstance(content, bytes):
                archive.writestr(entry, content)
                continue
            with content.open("rb") as source, archive.open(entry, "w") as target:
                shutil.copyfileobj(source, target)
