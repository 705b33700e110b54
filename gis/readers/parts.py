"""Which files on the disk make up a layer: one, one with siblings of its name, or a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

#: Endings of the files that stand beside one another under one name, by the ending of the first.
SIBLINGS = {
    ".shp": (".shp", ".shx", ".dbf", ".prj", ".cpg"),
    ".tab": (".tab", ".dat", ".map", ".id", ".ind"),
    ".mif": (".mif", ".mid"),
}
#: What a database program leaves beside a file that it has open, or has not put in order.
JOURNALS = ("-wal", "-journal")
#: A file geodatabase is a folder.
FOLDER_SUFFIX = ".gdb"


def parts_of(path: Path) -> tuple[Path, ...]:
    """Return every file of a layer, the one that names it first.

    Parameters
    ----------
    path
        A file, or the folder of a file geodatabase.

    Raises
    ------
    OSError
        If the folder cannot be listed.
    """
    if path.is_dir():
        return tuple(sorted(each for each in path.iterdir() if each.is_file()))
    journals = (path.with_name(path.name + ending) for ending in JOURNALS)
    return (
        *(siblings(path).values() or (path,)),
        *(journal for journal in journals if journal.exists()),
    )


def siblings(path: Path) -> dict[str, Path]:
    """Return the files that belong together, by ending in small letters, ``path`` first.

    Raises
    ------
    OSError
        If the folder cannot be listed.
    """
    endings = SIBLINGS.get(path.suffix.lower(), ())
    found = {
        other.suffix.lower(): other
        for other in (sorted(path.parent.iterdir()) if endings else ())
        if other.stem == path.stem and other.suffix.lower() in endings
    }
    found[path.suffix.lower()] = path
    return {ending: found[ending] for ending in endings if ending in found}
