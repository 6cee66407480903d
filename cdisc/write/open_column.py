"""What kind of SAS variable a pandas column is; everything that is neither is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from cdisc.errors import Location, WriteError
from cdisc.standards.sas_format import SasFormat, TimeKind
from cdisc.write.number_column import NumberColumn, Source
from cdisc.write.tally import Tally
from cdisc.write.text_column import TextColumn

_TICKS = {"s": 86_400, "ms": 86_400 * 10**3, "us": 86_400 * 10**6, "ns": 86_400 * 10**9}
_DATE_HINT = "Give it a SAS format: DATE9. for days, DATETIME20. for seconds, TIME8. for times"
_TEXT_HINT = "Make it one kind: text (Char) or numbers (Num)"


def open_column(
    series: pd.Series, fmt: SasFormat, encoding: str, at: Location
) -> TextColumn | NumberColumn:
    """The column ready for scanning and writing, by its dtype; `fmt` says what a date counts.

    Raises:
        WriteError: a dtype that XPT cannot hold without damage, an object column that is not all
            text, or a date or time without a date or time format.
    """
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        if dtype.categories.empty or _is_text(pd.Series(dtype.categories)):
            return TextColumn(series, encoding)
        raise WriteError(
            f"is a category of {dtype.categories.dtype} values, which is not text",
            at=at,
            hint="Convert it to text or to numbers first",
        )
    if isinstance(dtype, pd.ArrowDtype):
        return _open_arrow(series, dtype.pyarrow_dtype, fmt, encoding, at)
    if isinstance(dtype, pd.StringDtype):
        return TextColumn(series, encoding)
    if pd.api.types.is_object_dtype(dtype):
        _check_object(series, at)
        return TextColumn(series, encoding)
    if pd.api.types.is_bool_dtype(dtype):
        raise _boolean(at)
    if isinstance(dtype, pd.DatetimeTZDtype):
        raise _time_zone(at)
    if pd.api.types.is_datetime64_dtype(dtype) or pd.api.types.is_timedelta64_dtype(dtype):
        source: Source = "moment" if dtype.kind == "M" else "duration"
        ticks = _TICKS[np.datetime_data(str(dtype))[0]]
        return NumberColumn(series, source, ticks, _time_kind(fmt, source, at))
    if pd.api.types.is_integer_dtype(dtype) and not isinstance(dtype, pd.SparseDtype):
        return NumberColumn(series, "integer")
    if pd.api.types.is_float_dtype(dtype) and _fits_double(dtype):
        return NumberColumn(series, "float")
    raise _unknown(str(dtype), at)


def _open_arrow(
    series: pd.Series, arrow: pa.DataType, fmt: SasFormat, encoding: str, at: Location
) -> TextColumn | NumberColumn:
    types = pa.types
    value = arrow.value_type if types.is_dictionary(arrow) else arrow
    if types.is_string(value) or types.is_large_string(value) or types.is_null(value):
        return TextColumn(series, encoding)
    if types.is_boolean(arrow):
        raise _boolean(at)
    if types.is_integer(arrow):
        return NumberColumn(series, "integer")
    if types.is_floating(arrow):
        return NumberColumn(series, "float")
    if types.is_timestamp(arrow) and arrow.tz is not None:
        raise _time_zone(at)
    if types.is_date32(arrow):
        return NumberColumn(series, "moment", 1, _time_kind(fmt, "moment", at))
    if types.is_date64(arrow):
        return NumberColumn(series, "moment", _TICKS["ms"], _time_kind(fmt, "moment", at))
    if types.is_timestamp(arrow):
        return NumberColumn(series, "moment", _TICKS[arrow.unit], _time_kind(fmt, "moment", at))
    if types.is_duration(arrow) or types.is_time(arrow):
        return NumberColumn(series, "duration", _TICKS[arrow.unit], _time_kind(fmt, "duration", at))
    raise _unknown(str(series.dtype), at)


def _is_text(values: pd.Series) -> bool:
    """Whether every value is text or missing."""
    if isinstance(values.dtype, pd.StringDtype):
        return True
    return pd.api.types.infer_dtype(values, skipna=True) in ("string", "empty")


def _check_object(series: pd.Series, at: Location) -> None:
    if _is_text(series):
        return
    values: list[Any] = series.tolist()
    missing = series.isna().tolist()
    odd = [
        row
        for row, (value, gone) in enumerate(zip(values, missing, strict=True))
        if not gone and not isinstance(value, str)
    ]
    if not odd:
        return
    tally = Tally()
    tally.add(odd, len(odd), values[odd[0]])
    kinds = sorted({type(values[row]).__name__ for row in odd})
    mixed = "mixes text with other values" if _has_text(values) else "holds values that are no text"
    raise WriteError(
        f"{mixed}: {', '.join(kinds)} ({tally.where}: {tally.example})", at=at, hint=_TEXT_HINT
    )


def _has_text(values: list[Any]) -> bool:
    return any(isinstance(value, str) for value in values)


def _fits_double(dtype: Any) -> bool:
    return not isinstance(dtype, pd.SparseDtype) and int(getattr(dtype, "itemsize", 9)) <= 8


def _time_kind(fmt: SasFormat, source: Source, at: Location) -> TimeKind:
    kind = fmt.time_kind
    if kind is None:
        shown = f"the format {fmt} is not one for dates or times" if str(fmt) else "has no format"
        raise WriteError(f"holds dates or times, but {shown}", at=at, hint=_DATE_HINT)
    if source == "duration" and kind != "time":
        raise WriteError(
            f"holds times without a date, but the format {fmt} shows a date",
            at=at,
            hint="Use a time format such as TIME8.",
        )
    return kind


def _boolean(at: Location) -> WriteError:
    return WriteError(
        "holds true/false values, which SAS does not have",
        at=at,
        hint="Recode them to Y and N (Char) or to 1 and 0 (Num)",
    )


def _time_zone(at: Location) -> WriteError:
    return WriteError(
        "holds datetimes with a time zone, which SAS numbers do not keep",
        at=at,
        hint="Convert them to local times, or write ISO 8601 text with the offset",
    )


def _unknown(dtype: str, at: Location) -> WriteError:
    return WriteError(f"holds {dtype} values, which XPT cannot store", at=at, hint=_TEXT_HINT)
