"""Dataset-JSON 1.1 and NDJSON."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyreadstat
import pytest

from cdisc.sources import SourceSpec, read_source

REAL = Path(__file__).parents[2] / ".." / "shared" / "real" / "dataset-json"


def content(rows: list[object], **extra: object) -> dict[str, object]:
    names = ["ID", "N", "B"]
    return {"records": len(rows), "columns": [{"name": n} for n in names], **extra, "rows": rows}


def test_values_as_text(tmp_path: Path, read, cells) -> None:
    rows = [["007", 12.0, True], [" x ", 3, None], ["", 0.1, False], [None, "1.10", None]]
    document = content(rows)
    (tmp_path / "a.json").write_text(json.dumps(document), encoding="utf-8")
    expected = [["007", "12", "true"], [" x ", "3", None], [None, "0.1", "false"],
                [None, "1.10", None]]  # fmt: skip
    assert cells(read("a.json")) == expected
    head = {k: v for k, v in document.items() if k != "rows"}
    lines = [json.dumps(head), *map(json.dumps, rows)]
    (tmp_path / "a.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert cells(read("a.ndjson")) == expected
    assert cells(read("a.ndjson", only=["N"])) == [[row[1]] for row in expected]


def test_damaged_files_are_refused(tmp_path: Path, refusal) -> None:
    def write(document: object, cut: int | None = None) -> None:
        (tmp_path / "a.json").write_text(json.dumps(document)[:cut], encoding="utf-8")

    write(content([["a", 1, None]]), cut=-5)
    assert refusal("a.json").startswith("a.json:1:")
    assert "is not JSON: " in refusal("a.json")
    write({"rows": []})
    assert refusal("a.json") == (
        "a.json: is not Dataset-JSON: it has no columns. Ask for the transfer again"
    )
    write([1])
    assert refusal("a.json") == "a.json: is not Dataset-JSON. Ask for the transfer again"
    write(content([["a", 1, None], ["b", 2]]))
    assert (
        refusal("a.json") == "a.json: row 2 is not a list of 3 values. Ask for the transfer again"
    )
    write(content([["a", 1, None]], records=2))
    assert refusal("a.json") == (
        "a.json: the file says it has 2 rows but holds 1. Ask for the transfer again"
    )
    write(content([["a", [1], None]]))
    assert refusal("a.json") == "a.json column N: a value is a list or an object"
    (tmp_path / "a.ndjson").write_text('{"columns":[{"name":"A"}]}\n["x"]\n["y\n', encoding="utf-8")
    assert refusal("a.ndjson").startswith("a.ndjson:3:")


@pytest.mark.parametrize("file", ["adsl.json", "adsl.ndjson", "adtte.json", "adae.json"])
def test_real_files_equal_the_transport_file_they_came_from(file: str) -> None:
    if not (REAL / file).is_file():
        pytest.skip("the public Dataset-JSON files are not beside this repository")
    table = read_source(SourceSpec(name="adsl", file=file), REAL)
    xpt = REAL / f"{Path(file).stem}.xpt"
    data, meta = pyreadstat.read_xport(
        str(xpt), disable_datetime_conversion=True, output_format="dict"
    )
    assert list(table.frame.columns) == meta.column_names
    assert len(table.frame) == len(data["USUBJID"])
    for column, kind in meta.readstat_variable_types.items():
        text = table.frame[column]
        if kind == "string":
            assert text.fillna("").tolist() == data[column]
        else:
            assert text.notna().tolist() == [value is not None for value in data[column]]
            if not meta.original_variable_types[column]:
                numbers = [float("nan") if v is None else v for v in data[column]]
                assert np.allclose(text.astype(float), numbers, rtol=1e-14, equal_nan=True)
