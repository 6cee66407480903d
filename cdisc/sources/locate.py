"""Which files a source has: its path or pattern, always inside the data folder."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

from cdisc.errors import SourceError, did_you_mean
from cdisc.sources.table import SourceSpec

_PATTERN = frozenset("*?[")
_GRANT = "A folder elsewhere is granted on the command line: --data NAME=DIR"


def find_files(spec: SourceSpec, folder: Path) -> list[tuple[str, Path]]:
    """The source's files, as (name below `folder` with forward slashes, path), sorted by name.

    A pattern leaves out hidden files and the lock files (`~$...`) that office programs leave.
    Raises SourceError when `file` leads out of `folder`, or no file is there.
    """
    written = spec.file.replace("\\", "/")
    _refuse_elsewhere(spec, written)
    if not folder.is_dir():
        raise SourceError(
            f"source {spec.name}: the data folder {folder.as_posix()} does not exist",
            at=spec.at,
            hint="Name the folder with the raw data on the command line: --data NAME=DIR",
        )
    if _PATTERN & set(written):
        paths = [p for p in folder.glob(written) if p.is_file() and p.name[:1] not in ".~"]
        found = sorted((p.relative_to(folder).as_posix(), p) for p in paths)
        if not found:
            raise SourceError(
                f"source {spec.name}: no file in {folder.as_posix()} matches {spec.file}",
                at=spec.at,
                hint=_near(written, folder),
            )
    else:
        path = folder / PurePosixPath(written)
        if not path.is_file():
            raise SourceError(
                f"source {spec.name}: file {spec.file} is not in {_shown(folder)}",
                at=spec.at,
                hint=_near(written, folder),
            )
        found = [(PurePosixPath(written).as_posix(), path)]
    root = folder.resolve()
    for name, path in found:
        if not path.resolve().is_relative_to(root):
            raise SourceError(
                f"source {spec.name}: file {name} is a link that leads out of the data folder",
                at=spec.at,
                hint=_GRANT,
            )
    return found


def _shown(folder: Path) -> str:
    """A folder as messages name it; the study's own files are below the folder `.`."""
    return "the study folder" if folder == Path() else folder.as_posix()


def _refuse_elsewhere(spec: SourceSpec, written: str) -> None:
    posix, windows = PurePosixPath(written), PureWindowsPath(written)
    if not spec.file.strip():
        raise SourceError(f"source {spec.name}: file is empty", at=spec.at)
    if posix.is_absolute() or windows.drive or windows.root or ".." in posix.parts:
        raise SourceError(
            f"source {spec.name}: file {spec.file} leads out of the data folder",
            at=spec.at,
            hint=_GRANT,
        )


def _near(written: str, folder: Path) -> str:
    """A near name in the same folder, else what that folder holds, else how to name another."""
    place = folder / PurePosixPath(written).parent
    names = sorted(p.name for p in place.iterdir() if p.is_file()) if place.is_dir() else []
    near = did_you_mean(PurePosixPath(written).name, names)
    if near:
        return near
    if names:
        more = f" and {len(names) - 8} more" if len(names) > 8 else ""
        return f"The folder holds {', '.join(names[:8])}{more}"
    return "The folder holds no files; name another with --data NAME=DIR"
