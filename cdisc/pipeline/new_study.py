"""A new study folder, copied from the packaged template."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from cdisc.errors import Location, UsageError, WriteError

# build tools may leave hidden files out of a package
RENAMED = {"gitignore.txt": ".gitignore"}


def write_template(folder: Path) -> list[Path]:
    """Write a small study into `folder` that runs as it is; the files written, by name.

    The folder is made when it is not there.

    Raises:
        UsageError: the folder holds something already, or is a file.
        WriteError: the disk refuses.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            "a new study needs a new or empty folder",
            at=Location(str(folder)),
            hint="Nothing was written; name another folder",
        )
    with as_file(files("cdisc.pipeline") / "template") as template:
        sources = [path for path in template.rglob("*") if path.is_file()]
        try:
            return sorted(_copied(path, folder, template) for path in sources)
        except OSError as error:
            raise WriteError(
                f"cannot write: {error.strerror or error}", at=Location(str(folder))
            ) from None


def _copied(path: Path, folder: Path, template: Path) -> Path:
    relative = path.relative_to(template)
    target = folder / relative.with_name(RENAMED.get(relative.name, relative.name))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(path.read_bytes())
    return target
