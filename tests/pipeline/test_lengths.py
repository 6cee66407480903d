"""Declared lengths: kept when they fit, told and given up when a value is longer."""

from __future__ import annotations

from pathlib import Path

from cdisc import Study
from cdisc.pipeline.new_study import write_template
from cdisc.write.xpt import read_xpt


def with_length(tmp_path: Path, length: int) -> Path:
    folder = tmp_path / "study"
    write_template(folder)
    path = folder / "mappings" / "sdtm" / "dm.yaml"
    text = path.read_text(encoding="utf-8")
    changed = text.replace("{copy: COUNTRY}", f"{{copy: COUNTRY, length: {length}}}")
    assert changed != text
    path.write_text(changed, encoding="utf-8")
    return folder


def test_a_declared_length_is_the_length(tmp_path: Path) -> None:
    result = Study.load(with_length(tmp_path, 7)).run()
    assert read_xpt(result.out / "sdtm" / "dm.xpt").lengths["COUNTRY"] == 7
    assert not result.verdict.closed


def test_a_value_longer_than_declared_is_told_and_not_cut(tmp_path: Path) -> None:
    result = Study.load(with_length(tmp_path, 2)).run()
    (finding,) = [f for f in result.findings if f.rule == "LENGTH.EXCEEDED"]
    assert finding.message == "declared 2 bytes long, the longest value has 3"
    assert finding.at.file == "mappings/sdtm/dm.yaml"
    assert set(result.datasets["DM"].frame["COUNTRY"]) == {"DEU", "FRA"}
    assert result.exit_code == 1
