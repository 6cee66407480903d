"""The datasets of a package, read from its XPT files when they are asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from cdisc.define.parse import parse_xml
from cdisc.define.xml import ODM, qualified
from cdisc.errors import Location, SourceError, did_you_mean
from cdisc.write.sas_dates import kind_of, with_dates
from cdisc.write.xpt_reader import read_xpt

DEFINE = "define.xml"


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
            frame = with_dates(read.frame, read.variables)
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
    if is_number and kind_of(shown):
        return "datetime64[s]"
    return "float64" if is_number else "str"
