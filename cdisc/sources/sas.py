"""SAS transport (XPT) and SAS7BDAT files, numbers and dates as canonical text."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from cdisc.errors import Location, SourceError
from cdisc.sources.received import Received, blank_to_missing, note
from cdisc.sources.table import SourceSpec
from cdisc.sources.text import sas_text
from cdisc.sources.xpt import is_xpt, refuse_damaged_xpt


def read_xpt(path: Path, file: str, spec: SourceSpec, columns: Collection[str] | None) -> Received:
    """Read one XPT file; only `columns` when given.

    Raises SourceError when it is not XPT, is cut short, or holds several datasets.
    """
    import pyreadstat

    refuse_damaged_xpt(path, file)
    return _read(pyreadstat.read_xport, path, file, spec, columns)


def read_sas7bdat(
    path: Path, file: str, spec: SourceSpec, columns: Collection[str] | None
) -> Received:
    """Read one SAS7BDAT file; one that is really XPT inside is read as such, with a note.

    Raises SourceError when it is neither.
    """
    import pyreadstat

    if is_xpt(path):
        received = read_xpt(path, file, spec, columns)
        said = note(file, "source_format", "the file is SAS transport (XPT) inside; read as such")
        return replace(received, notes=(said, *received.notes))
    return _read(pyreadstat.read_sas7bdat, path, file, spec, columns)


def _read(
    reader: Callable[..., tuple[dict[str, Any], Any]],
    path: Path,
    file: str,
    spec: SourceSpec,
    columns: Collection[str] | None,
) -> Received:
    import pyreadstat

    # UTF-8 is our default, not a claim about the file: a SAS7BDAT file names its own encoding.
    encoding = None if spec.encoding.lower() in ("utf-8", "utf8") else spec.encoding
    options: dict[str, Any] = {"encoding": encoding}
    try:
        with warnings.catch_warnings():
            # The reader renames the second of two columns, and warns where no user looks.
            warnings.simplefilter("ignore")
            _, meta = reader(path, metadataonly=True, **options)
        names = list(meta.column_names)
        _refuse_duplicates(names, file)
        wanted = [name for name in names if columns is None or name in columns]
        # Nothing to read is still a number of rows: the first column tells it.
        data, meta = reader(
            path,
            usecols=wanted or names[:1],
            disable_datetime_conversion=True,
            output_format="dict",
            **options,
        )
    except UnicodeDecodeError as error:
        raise SourceError(
            f"byte 0x{error.object[error.start]:02X} in a text is not {error.encoding}",
            at=Location(file),
            hint="Declare the encoding it was written with, such as encoding: windows-1252",
        ) from None
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError) as error:
        raise SourceError(
            f"cannot be read as SAS data: {error}",
            at=Location(file),
            hint="Ask for the transfer again",
        ) from None
    texts = []
    for name in wanted:
        if meta.readstat_variable_types[name] == "string":
            texts.append(pa.array(data[name], pa.large_string()))
        else:
            numbers = np.array(data[name], dtype=np.float64)
            texts.append(sas_text(numbers, meta.original_variable_types[name] or ""))
    count = len(next(iter(data.values()), ()))
    return Received(
        table=blank_to_missing(pa.table(texts, names=wanted), ("", *spec.missing)),
        available=tuple(names),
        rows=np.arange(1, count + 1, dtype=np.int64),
    )


def _refuse_duplicates(names: list[str], file: str) -> None:
    twice = [name for name in names if re.search(r"_duplicated\d+$", name)]
    if twice:
        name = re.sub(r"_duplicated\d+$", "", twice[0])
        raise SourceError(
            f"two columns have the same name {name!r}",
            at=Location(file),
            hint="Each column needs a name of its own",
        )
