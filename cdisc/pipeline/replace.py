"""A folder that appears whole: made beside the old one and moved into its place at the end."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cdisc.errors import Location, UsageError, WriteError

MARK = "manifest.json"


@contextmanager
def replaced_folder(target: Path) -> Iterator[Path]:
    """Yield a new empty folder; when the block ends without error it becomes `target`.

    A folder already at `target` is replaced only if a run made it (it has a manifest.json) or it
    is empty; anything else there is somebody's own and is refused.

    Raises UsageError for such a folder, WriteError when the disk refuses.
    """
    target = target.absolute()
    if target.exists() and any(target.iterdir()) and not (target / MARK).exists():
        raise UsageError(
            f"the folder {target.name} is not empty and not the output of a run",
            at=Location(str(target)),
            hint="Choose another --out, or move that folder away",
        )
    fresh = target.with_name(f".{target.name}.new")
    old = target.with_name(f".{target.name}.old")
    try:
        # left by a run that was killed; nothing but a run makes these
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
    except OSError as error:
        raise _refused(target, error) from None
    try:
        yield fresh
        shutil.rmtree(old, ignore_errors=True)
        if target.exists():
            target.rename(old)
        try:
            fresh.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise _refused(target, error) from None
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _refused(target: Path, error: OSError) -> WriteError:
    return WriteError(
        f"cannot write: {error.strerror or error}",
        at=Location(str(target)),
        hint="Close programs that have files of it open, and see whether the disk is full",
    )
