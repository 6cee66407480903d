"""A study that uses every part of the engine, and small ones written in a test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cdisc.spec import StudySpec, read_study

HEAD = """\
study: {id: S1}
created: 2025-01-31T12:00:00
standards: {sdtm: SDTMIG 3.4, adam: ADaMIG 1.3, terminology: sdtmct 2025-03-28}
data: {raw: raw}
sources:
"""


@pytest.fixture(scope="session")
def study() -> StudySpec:
    """The study in the folder beside this file, read."""
    return read_study(Path(__file__).parent / "study")


@pytest.fixture
def write_study(tmp_path: Path) -> Callable[..., StudySpec]:
    """Writes a study: specs as `MH="..."`, sources as CSV text `mh="..."`; and reads it."""

    def write(**texts: str) -> StudySpec:
        head = HEAD
        (tmp_path / "raw").mkdir()
        for name, text in texts.items():
            if name.islower():
                subject = ", subject: SUBJ" if "SUBJ" in text.partition("\n")[0] else ""
                head += f"  {name}: {{file: {name}.csv{subject}}}\n"
                (tmp_path / "raw" / f"{name}.csv").write_text(text, encoding="utf-8")
                continue
            layer = "adam" if name.startswith("AD") else "sdtm"
            path = tmp_path / "mappings" / layer / f"{name.lower()}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"dataset: {name}\n{text}", encoding="utf-8")
        (tmp_path / "study.yaml").write_text(head, encoding="utf-8")
        return read_study(tmp_path)

    return write
