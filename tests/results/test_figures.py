"""Figures: what they draw is in the data, text is text, and the same data give the same bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from cdisc.pipeline.results import make_results
from cdisc.pipeline.study import Study
from cdisc.results.categories import colours_of
from cdisc.results.figure_change import short_names
from cdisc.results.outcome import Outcome
from cdisc.results.svg import Drawing, Scale, ticks
from tests.results.conftest import SmallStudy

from . import adam

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"
FIGURES = ("14.2.2.1", "14.2.8", "14.2.9", "14.2.10")


def outcomes(home: Path) -> dict[str, Outcome]:
    small = SmallStudy(home)
    small.write(
        "define/displays.yaml", (ROOT / "define" / "displays.yaml").read_text(encoding="utf-8")
    )
    adam.write(adam.whole(), home / "build" / "adam")
    made = make_results(Study.load(home).spec, only=FIGURES)
    return {data.display.id: outcome for data, outcome in made.done}


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    return outcomes(tmp_path_factory.mktemp("study"))


def parsed(outcome: Outcome) -> etree._Element:
    return etree.fromstring(outcome.figure.encode("utf-8"))


def texts(outcome: Outcome) -> list[str]:
    return [node.text for node in parsed(outcome).iter(f"{SVG}text")]


def tips(outcome: Outcome, tag: str) -> list[str]:
    nodes = parsed(outcome).iter(f"{SVG}{tag}")
    return [node.findtext(f"{SVG}title") for node in nodes if node.find(f"{SVG}title") is not None]


@pytest.mark.parametrize("id_", FIGURES)
def test_a_figure_is_named_and_its_text_is_text(figures: dict[str, Outcome], id_: str) -> None:
    root = parsed(figures[id_])
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title").startswith(f"Figure {id_} ")
    assert root.findtext(f"{SVG}desc")
    assert len(texts(figures[id_])) > 10
    for node in root.iter():
        assert not any(name.startswith("on") or "href" in name for name in node.attrib)


@pytest.mark.parametrize("id_", FIGURES)
def test_nothing_is_drawn_outside(figures: dict[str, Outcome], id_: str) -> None:
    root = parsed(figures[id_])
    width, height = float(root.get("width")), float(root.get("height"))
    for node in root.iter(f"{SVG}rect", f"{SVG}circle", f"{SVG}text", f"{SVG}line"):
        for name, most in (("x", width), ("x1", width), ("x2", width), ("cx", width)):
            assert 0 <= float(node.get(name, 0)) <= most
        for name in ("y", "y1", "y2", "cy"):
            assert 0 <= float(node.get(name, 0)) <= height


def test_the_same_bytes_again(figures: dict[str, Outcome], tmp_path: Path) -> None:
    again = outcomes(tmp_path / "study")
    assert {id_: again[id_].figure for id_ in FIGURES} == {
        id_: figures[id_].figure for id_ in FIGURES
    }


def test_a_bar_for_each_subject_in_falling_order(figures: dict[str, Outcome]) -> None:
    outcome = figures["14.2.8"]
    found = tips(outcome, "rect")
    assert len(found) == len(outcome.statistics) == 33
    heights = [float(tip.split(": ")[1].split(" %")[0]) for tip in found]
    assert heights == sorted(heights, reverse=True)
    assert outcome.notes == ("7 of 40 subjects without PCHG and bar.",)
    assert {"\u221230 %", "+20 %"} <= set(texts(outcome))


def test_numbers_at_risk_stand_below_the_curves(figures: dict[str, Outcome]) -> None:
    outcome = figures["14.2.2.1"]
    said = texts(outcome)
    row = said[said.index("Number at risk") + 1 :]
    numbers = [text for text in row if text.isdigit()]
    at_risk = [one for one in outcome.statistics if one.name == "at risk"]
    expected = [one.text for one in at_risk if one.levels[0][0] == "month"]
    assert numbers == expected
    assert expected[0] == "13"


def test_curves_differ_by_more_than_colour(figures: dict[str, Outcome]) -> None:
    drawn = [
        (node.get("stroke"), node.get("stroke-dasharray"))
        for node in parsed(figures["14.2.2.1"]).iter(f"{SVG}path")
        if node.get("stroke") and node.get("fill") == "none"
    ]
    assert len(drawn) == 2
    assert len({colour for colour, _ in drawn}) == len({dash for _, dash in drawn}) == 2


def test_lanes_have_their_events(figures: dict[str, Outcome]) -> None:
    outcome = figures["14.2.10"]
    every = [tip for tag in ("circle", "path") for tip in tips(outcome, tag)]
    assert "0001: Death at 12.3 months" in every
    assert "0001: Confirmed response at 2.8 months" in every
    assert sum("Death" in tip for tip in every) == sum(
        one.name == "month of Death" for one in outcome.statistics
    )


def test_responses_are_in_their_order_and_others_by_name() -> None:
    assert list(colours_of({"PD", "CR", "NE", "PR"})) == ["CR", "PR", "PD", "NE"]
    assert list(colours_of({"iCPD", "iSD"})) == ["iSD", "iCPD"]
    assert list(colours_of({"B", "A"})) == ["A", "B"]


def test_names_lose_what_all_begin_with() -> None:
    assert short_names(["S-001-0004", "S-001-0012"]) == ["0004", "0012"]
    assert short_names(["S-001-0004", "S-002-0012"]) == ["001-0004", "002-0012"]
    assert short_names(["S-001-0004"]) == ["S-001-0004"]


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(1, 12))
def test_ticks_are_inside_and_even(low: float, width: float, about: int) -> None:
    found = ticks(low, low + width, about)
    slack = 1e-6 * max(abs(low), width, 1)
    assert all(low - slack <= value <= low + width + slack for value in found)
    steps = np.diff(found)
    assert np.allclose(steps, steps[0] if len(steps) else 0)


def test_text_cannot_become_markup() -> None:
    drawing = Drawing(10, 10)
    drawing.text(1, 1, "<b> & 'c'")
    drawing.box(0, 0, 1, 1, "#fff", tip="</title><script>")
    root = etree.fromstring(drawing.finish("a < b", "c > d").encode("utf-8"))
    assert root.findtext(f"{SVG}title") == "a < b"
    assert [node.text for node in root.iter(f"{SVG}text")] == ["<b> & 'c'"]
    assert list(root.iter(f"{SVG}script")) == []


def test_a_scale_is_a_line() -> None:
    scale = Scale(0, 10, 100, 200)
    assert [scale(0), scale(5), scale(10)] == [100, 150, 200]
