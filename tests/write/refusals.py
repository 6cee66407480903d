"""What the writer of XPT says to data it must not write."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cdisc.errors import WriteError
from cdisc.write.xpt import write_xpt


def text(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


def refused(tmp_path: Path, frame: pd.DataFrame, **arguments: object) -> WriteError:
    """The error, after which the file that was there is still there, and nothing else."""
    path = tmp_path / "ae.xpt"
    path.write_bytes(b"the last good file")
    with pytest.raises(WriteError) as caught:
        write_xpt(frame, path, **{"name": "AE", **arguments})  # type: ignore[arg-type]
    assert path.read_bytes() == b"the last good file"
    assert list(tmp_path.iterdir()) == [path]
    return caught.value
