"""Raw records that reached no dataset, written where a data manager can look at them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from cdisc.build import Inputs
from cdisc.sources import SourceTable

REJECTED = "rejected"
CUT = "cut"


def write_set_aside(inputs: Inputs, folder: Path) -> None:
    """`rejected/<source>.csv` and `cut/<source>.csv` in the package, where there is anything.

    A line of `rejected` is a record as received, with its file and 1-based data row before it. A
    line of `cut` is a record that the data cut left out, or a cell that it changed: file, row,
    person, what was done, column, value, what it became, and the day of the cut.
    """
    _write({name: _received(table) for name, table in inputs.rejected.items()}, folder / REJECTED)
    _write(inputs.cut, folder / CUT)


def _received(table: SourceTable) -> pd.DataFrame:
    files = np.array(table.files, dtype=object)[table.file_of]
    places = pd.DataFrame({"file": files, "row": table.row_of})
    return pd.concat([places, table.frame], axis=1)


def _write(frames: Mapping[str, pd.DataFrame], folder: Path) -> None:
    if not frames:
        return
    folder.mkdir(parents=True)
    for name, frame in frames.items():
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
