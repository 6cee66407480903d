"""The page on analysis datasets, followed to the letter in the study that `cdisc init` writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc import Study
from tests.docs.conftest import Walk, blocks_of

PAGE = (Path(__file__).parents[2] / "docs" / "adam.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """The study as it is after the whole page."""
    walk = Walk(tmp_path_factory.mktemp("page"))
    walk.run(["cdisc", "init", "my-study"])
    walk.folder /= "my-study"
    walk.follow(PAGE)
    return walk


def test_every_block_is_followed(followed: Walk) -> None:
    assert followed.steps == len(blocks_of(PAGE)) == 9


def test_the_datasets_are_those_that_the_page_tells_of(followed: Walk) -> None:
    datasets = Study.load(followed.folder).run().datasets
    adsl, advs, adtte = (datasets[name] for name in ("ADSL", "ADVS", "ADTTE"))
    assert adsl.frame["ITTFL"].tolist() == ["Y", "Y", "N", "Y", "Y", "Y"]
    assert adsl.variable("SEX").origin.predecessor == "DM.SEX"
    assert advs.variable("TRTSDT").origin.predecessor == "ADSL.TRTSDT"
    assert adsl.variable("TRTSDT").format == "DATE9."
    frame = advs.frame
    mean = frame[(frame["PARAMCD"] == "MAP") & (frame["USUBJID"] == "DEMO-01-101-001")]
    assert mean["AVAL"].tolist() == [98.7, 101.0, 94.7, 91.7]
    assert mean["ABLFL"].fillna("").tolist() == ["", "Y", "", ""]
    assert mean["CHG"].round(1).fillna(0).tolist() == [0, 0, -6.3, -9.3]
    assert mean["AVISITN"].tolist() == [1, 2, 3, 4]
    assert adtte.frame["CNSR"].tolist() == [0, 1, 1, 1, 1]
    assert adtte.frame["AVAL"].tolist() == [29, 29, 1, 1, 1]


def test_readme_and_the_spec_language_lead_here() -> None:
    root = Path(__file__).parents[2]
    assert "(docs/adam.md)" in (root / "README.md").read_text(encoding="utf-8")
    guide = (root / "docs" / "spec-language.md").read_text(encoding="utf-8")
    assert "(adam.md)" in guide
