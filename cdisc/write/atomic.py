"""Outputs appear whole or not at all: written beside the target, then moved into position."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cdisc.errors import Location, WriteError


@contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path in the folder of `path`; move it to `path` when the block ends.

    The block creates and closes the temporary file. When the block raises, the temporary file is
    removed and whatever stood at `path` before is untouched. A crash of the process leaves the
    old file and perhaps a hidden `.<name>.<hex>.tmp`. Data are not forced to the disk (no fsync):
    what is guarded against is a failed run, not a power cut.

    Raises:
        WriteError: the folder does not exist, the disk is full, or the target is open elsewhere.
    """
    target = Path(path)
    if not target.parent.is_dir():
        raise WriteError(
            f"the folder {target.parent} does not exist",
            at=Location(file=str(path)),
            hint="Create it or choose another output folder",
        )
    # The name is random so that two writers of one target never share a temporary file.
    temporary = target.parent / f".{target.name}.{secrets.token_hex(4)}.tmp"
    try:
        yield temporary
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise _write_error(error, target, temporary) from error
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _write_error(error: OSError, target: Path, temporary: Path) -> WriteError:
    reason = (error.strerror or str(error) or type(error).__name__).lower()
    if error.filename is not None and os.fspath(error.filename) not in (
        str(target),
        str(temporary),
    ):
        reason += f" ({error.filename})"
    if isinstance(error, PermissionError):
        hint = "Close any program that has the file open, and check that you may write there"
    else:
        hint = "Check that the target is a file and that the disk has room"
    return WriteError(f"cannot be written: {reason}", at=Location(file=str(target)), hint=hint)
