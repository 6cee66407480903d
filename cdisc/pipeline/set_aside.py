"""Raw records that reached no dataset, written where a data manager can look at them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from cdisc.build import Inputs
from cdisc.sources import SourceTable

REJECTED = "rejected"


def write_set_aside(inputs: Inputs, folder: Path) -> None:
    """`rejected/<source>.csv` in the package for each source with rejected records.

    Each line is a record as received, with its file and 1-based data row before it.
    """
    _write_records(inputs.rejected, folder / REJECTED)


def _write_records(tables: Mapping[str, SourceTable], folder: Path) -> None:
    if not tables:
        return
    folder.mkdir(parents=True)
    for name, table in tables.items():
        files = np.array(table.files, dtype=object)[table.file_of]
        places = pd.DataFrame({"file": files, "row": table.row_of})
        whole = pd.concat([places, table.frame], axis=1)
        whole.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
