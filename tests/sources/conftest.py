"""Short ways to read one file and to see cells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cdisc.errors import SourceError
from cdisc.sources import SourceSpec, SourceTable, read_source


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., SourceTable]:
    def call(file: str, *, only: object = None, **options: object) -> SourceTable:
        spec = SourceSpec(name="lab", file=file, **options)
        return read_source(spec, tmp_path, columns=only)

    return call


@pytest.fixture
def refusal(read: Callable[..., SourceTable]) -> Callable[..., str]:
    def call(file: str, **options: object) -> str:
        with pytest.raises(SourceError) as caught:
            read(file, **options)
        assert caught.value.exit_code == 3
        return str(caught.value)

    return call


@pytest.fixture
def cells() -> Callable[[SourceTable], list[list[str | None]]]:
    def call(table: SourceTable) -> list[list[str | None]]:
        text = pd.StringDtype(na_value=np.nan)
        assert all(dtype == text for dtype in table.frame.dtypes)
        return table.frame.astype(object).where(table.frame.notna(), None).to_numpy().tolist()

    return call
