"""Of several records that match, a lookup says which it took and why not the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc.build import plan_of, read_inputs
from cdisc.build.engine import Engine
from cdisc.build.lookup_reasons import considered_in_lookup
from cdisc.spec import read_study

VISITS = "ID,DAY,NO\na,2024-01-05,2\na,2024-01-02,1\na,2024-01-05,1\nb,2024-03-01,1\n"


def engine(folder: Path, take: str, order: str, where: str = "", visits: str = VISITS) -> Engine:
    (folder / "mappings" / "sdtm").mkdir(parents=True)
    (folder / "raw").mkdir()
    (folder / "raw" / "dm.csv").write_text("ID\na\nb\nc\n", encoding="utf-8")
    (folder / "raw" / "visit.csv").write_text(visits, encoding="utf-8")
    (folder / "study.yaml").write_text(
        "study: {id: S}\ncreated: 2025-01-01T00:00:00\n"
        "standards: {sdtm: SDTMIG 3.4, terminology: sdtmct 2025-03-28}\n"
        "data: {raw: raw}\nsources:\n  dm: {file: dm.csv}\n  visit: {file: visit.csv}\n",
        encoding="utf-8",
    )
    (folder / "mappings" / "sdtm" / "dm.yaml").write_text(
        "dataset: DM\nkeys: [USUBJID]\nrows: dm\nlookups:\n"
        f"  seen: {{from: visit, match: [ID], take: {take}{order}{where}, if_none: missing}}\n"
        "variables:\n  USUBJID: {copy: ID}\n  RFPENDTC: {copy: seen.DAY}\n",
        encoding="utf-8",
    )
    study = read_study(folder)
    made = Engine(study, read_inputs(study))
    made.compute(plan_of(study).nodes("subjects"), lambda _node: None)
    return made


def told(made: Engine) -> list[tuple[int, int, bool, str]]:
    return [
        entry
        for one in considered_in_lookup(made, "DM", "seen")
        for entry in zip(
            one.rows.tolist(),
            one.parent_rows.tolist(),
            one.taken.tolist(),
            one.why.tolist(),
            strict=True,
        )
    ]


def test_the_last_one_names_the_column_that_decided(tmp_path: Path) -> None:
    made = engine(tmp_path, "last", ", order: [DAY, NO]")
    # b has a single visit and c none: nothing was chosen
    assert told(made) == [
        (0, 0, True, "the last one by DAY, NO"),
        (0, 1, False, "before the last one by DAY, 2024-01-05"),
        (0, 2, False, "before the last one by NO, 2"),
    ]


def test_the_first_one_is_told_from_those_after_it(tmp_path: Path) -> None:
    assert told(engine(tmp_path, "first", ", order: [DAY]")) == [
        (0, 0, False, "after the first one by DAY, 2024-01-02"),
        (0, 1, True, "the first one by DAY"),
        (0, 2, False, "after the first one by DAY, 2024-01-02"),
    ]


def test_records_that_the_order_does_not_tell_apart_say_so(tmp_path: Path) -> None:
    found = told(engine(tmp_path, "last", ", order: [DAY]"))
    assert sorted(why for _, _, taken, why in found if not taken) == [
        "before the last one by DAY, 2024-01-05",
        "not told apart by DAY from the one taken",
    ]


def test_records_that_the_condition_leaves_out_are_no_candidates(tmp_path: Path) -> None:
    made = engine(tmp_path, "first", ", order: [NO, DAY]", ', where: DAY == "2024-01-05"')
    assert [(row, taken) for _, row, taken, _ in told(made)] == [(0, False), (2, True)]


@pytest.mark.parametrize("name", ["seen", "RFPENDTC"])
def test_a_lookup_of_the_only_record_there_is_chooses_nothing(tmp_path: Path, name: str) -> None:
    made = engine(tmp_path, "one", "", visits="ID,DAY,NO\nb,2024-03-01,1\n")
    assert considered_in_lookup(made, "DM", name) == ()


def test_a_lookup_that_finds_nothing_has_no_candidates(tmp_path: Path) -> None:
    made = engine(tmp_path, "last", ", order: [DAY]", visits="ID,DAY,NO\nx,2024-03-01,1\n")
    assert told(made) == []
