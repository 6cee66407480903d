"""The datasets of a package, read from its XPT files when they are asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cdisc.define.parse import parse_xml
from cdisc.define.xml import ODM, qualified
from cdisc.errors import Location, SourceError, did_you_mean
from cdisc.model import Variable
from cdisc.write.xpt_reader import read_xpt

DEFINE = "define.xml"

_EPOCH = np.datetime64("1960-01-01", "s")
_DAYS = ("DATE", "YYMMDD", "DDMMYY", "MMDDYY", "E8601DA", "IS8601DA", "B8601DA")
_SECONDS = ("DATETIME", "E8601DT", "IS8601DT", "B8601DT")
_DAY = 86_400


class PackageReader:
    """Reads datasets of a folder of XPT files by name, each once.

    Numbers with a format of dates are dates (`datetime64[s]`); labels of the variables are in
    `attrs["labels"]` of a frame.
    """

    def __init__(self, folder: Path, encoding: str = "ascii") -> None:
        self.folder = folder
        self._encoding = encoding
        self._frames: dict[str, pd.DataFrame] = {}

    @property
    def files(self) -> list[Path]:
        """The files read so far, by name."""
        paths = [self.folder / f"{name.lower()}.xpt" for name in sorted(self._frames)]
        return [path for path in paths if path.is_file()]

    def __call__(self, dataset: str, at: Location) -> pd.DataFrame:
        """The records of a dataset, for whoever stands at a place.

        Raises:
            SourceError: the folder has no such file, or it cannot be read.
        """
        if dataset not in self._frames:
            path = self.folder / f"{dataset.lower()}.xpt"
            empty = None if path.is_file() else _without_records(self.folder / DEFINE, dataset)
            if empty is not None:
                self._frames[dataset] = empty
                return empty
            if not path.is_file():
                present = [found.stem.upper() for found in sorted(self.folder.glob("*.xpt"))]
                raise SourceError(
                    f"the package has no {dataset}: there is no {path}",
                    at=at,
                    hint=did_you_mean(dataset, present) or "`cdisc run` makes the package",
                )
            read = read_xpt(path, encoding=self._encoding)
            frame = read.frame.assign(
                **{v.name: _dates(read.frame[v.name], v) for v in read.variables if _unit(v)}
            )
            frame.attrs["labels"] = {v.name: v.label for v in read.variables}
            self._frames[dataset] = frame
        return self._frames[dataset]


def _without_records(define: Path, dataset: str) -> pd.DataFrame | None:
    """The variables of a dataset that has no file because it has no records, by define.xml.

    None when there is no define.xml, or it does not say so.
    """
    if not define.is_file():
        return None
    root = parse_xml(define).getroot()
    items = {item.get("OID"): item for item in root.iter(f"{{{ODM}}}ItemDef")}
    for group in root.iter(f"{{{ODM}}}ItemGroupDef"):
        if group.get("Name") != dataset or group.get(qualified("def:HasNoData")) != "Yes":
            continue
        found = [items[ref.get("ItemOID")] for ref in group.iter(f"{{{ODM}}}ItemRef")]
        columns = {str(item.get("Name")): pd.Series(dtype=_dtype(item)) for item in found}
        return pd.DataFrame(columns)
    return None


def _dtype(item: Any) -> str:
    shown = item.get(qualified("def:DisplayFormat")) or ""
    is_number = item.get("DataType") in ("integer", "float")
    if is_number and _unit_of(shown):
        return "datetime64[s]"
    return "float64" if is_number else "str"


def _unit(variable: Variable) -> int:
    """Seconds in a unit of a date variable; 0 for any other variable."""
    if variable.type != "Num":
        return 0
    return _unit_of(variable.format)


def _unit_of(shown: str) -> int:
    name = shown.rstrip("0123456789.").upper()
    return _DAY if name in _DAYS else 1 if name in _SECONDS else 0


def _dates(column: pd.Series[float], variable: Variable) -> pd.Series[Any]:
    seconds = np.floor(column.to_numpy(dtype=np.float64) * _unit(variable))
    missing = np.isnan(seconds)
    since = np.where(missing, 0, seconds).astype("int64").astype("timedelta64[s]")
    dates = np.where(missing, np.datetime64("NaT", "s"), _EPOCH + since)
    return pd.Series(dates, index=column.index)
