"""Figures: what they draw is in the data, text is text, and the same data give the same bytes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from lxml import etree

from cdisc.pipeline.results import make_results
from cdisc.pipeline.study import Study
from cdisc.results import figure_change
from cdisc.results.categories import colours_of
from cdisc.results.data import Group
from cdisc.results.figure_change import short_names
from cdisc.results.outcome import Outcome
from cdisc.results.picture import WIDTH, Picture, draw, legend
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


def tips(outcome: Outcome) -> list[str]:
    found = [node.findtext(f"{SVG}title") for node in parsed(outcome).iter(f"{SVG}path")]
    return [tip for tip in found if tip is not None]


def corners(node: etree._Element) -> np.ndarray:
    """The points of a path, with its translation; control points enclose their curves."""
    numbers = [float(n) for n in re.findall(r"-?[0-9.]+(?:e-?[0-9]+)?", node.get("d", ""))]
    move = [float(n) for n in re.findall(r"-?[0-9.]+", node.get("transform", "0 0"))]
    return np.array(numbers).reshape(-1, 2) + move


def drawn(paint: Callable[[Picture], None]) -> etree._Element:
    display = SimpleNamespace(id="1", name="Figure 1", title="a < b")
    return etree.fromstring(draw(display, "c > d", 300, paint))  # type: ignore[arg-type]


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
def test_nothing_in_it_clashes_with_a_page(figures: dict[str, Outcome], id_: str) -> None:
    root = parsed(figures[id_])
    names = [node.get("id") for node in root.iter() if node.get("id")]
    others = [
        node.get("id")
        for other in FIGURES
        if other != id_
        for node in parsed(figures[other]).iter()
    ]
    assert not set(names) & set(others)
    assert not list(root.iter(f"{SVG}style", f"{SVG}metadata", f"{SVG}script"))
    # the page's policy lets no style attribute count
    assert not [node for node in root.iter() if node.get("style")]
    assert "<!" not in figures[id_].figure


@pytest.mark.parametrize("id_", FIGURES)
def test_nothing_is_drawn_outside(figures: dict[str, Outcome], id_: str) -> None:
    root = parsed(figures[id_])
    width, height = float(root.get("width")), float(root.get("height"))
    assert root.get("viewBox") == f"0 0 {width:g} {height:g}"
    defined = {path for defs in root.iter(f"{SVG}defs") for path in defs.iter(f"{SVG}path")}
    for node in set(root.iter(f"{SVG}path")) - defined:
        points = corners(node)
        assert (points >= 0).all()
        assert (points <= [width, height]).all()
    for node in root.iter(f"{SVG}text"):
        x, y, turn = reach(node)
        assert all(0 <= end <= (height if turn else width) for end in x)
        assert 0 < y < (width if turn else height)


def reach(node: etree._Element) -> tuple[list[float], float, bool]:
    """From where to where a text goes, and where its line is, by the size of its letters."""
    size = float(node.get("font-size").removesuffix("px"))
    transform = node.get("transform", "")
    long = 0.6 * size * len(node.text or "")
    if "translate" in transform:
        x, y = map(float, re.search(r"translate\((\S+) (\S+)\)", transform).groups())
        return [y, y - long], x, True
    x, y = float(node.get("x")), float(node.get("y"))
    before = long * {"start": 0, "middle": 0.5, "end": 1}[node.get("text-anchor")]
    if transform:
        assert transform.startswith("rotate(-90 ")
        return [y + before, y + before - long], x, True
    return [x - before, x - before + long], y, False


def test_the_same_bytes_in_processes_of_other_settings(
    figures: dict[str, Outcome], tmp_path: Path
) -> None:
    """Neither the order of sets, matplotlib's configuration, the zone nor the day is in them."""
    settings = tmp_path / "matplotlibrc"
    settings.write_text("font.size: 30\nsvg.fonttype: path\naxes.grid: False\nbackend: agg\n")
    code = (
        "import pathlib, sys\n"
        "from tests.results.test_figures import FIGURES, outcomes\n"
        "made = outcomes(pathlib.Path(sys.argv[1]))\n"
        "sys.stdout.buffer.write(''.join(made[id_].figure for id_ in FIGURES).encode('utf-8'))\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    expected = "".join(figures[id_].figure for id_ in FIGURES).encode("utf-8")
    for seed, zone in (("1", "Asia/Shanghai"), ("2", "America/Chicago")):
        own = {"PYTHONHASHSEED": seed, "TZ": zone, "MATPLOTLIBRC": str(settings), "LC_ALL": "C"}
        own |= {"SOURCE_DATE_EPOCH": seed}
        command = [sys.executable, "-c", code, str(tmp_path / seed)]
        done = subprocess.run(command, cwd=ROOT, env=os.environ | own, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        assert done.stdout == expected


def test_matplotlib_is_loaded_with_the_first_figure_and_left_as_it_was() -> None:
    code = (
        "import sys, cdisc.pipeline.results\n"
        "assert not {'matplotlib', 'scipy'} & set(sys.modules)\n"
        "import matplotlib\n"
        "now = lambda: {k: matplotlib.rcParams[k] for k in matplotlib.rcParams if k != 'backend'}\n"
        "before = now()\n"
        "from types import SimpleNamespace as Named\n"
        "from cdisc.results.picture import draw\n"
        "draw(Named(id='1', name='Figure 1', title='t'), 'd', 300, lambda made: None)\n"
        "assert now() == before\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_a_bar_for_each_subject_in_falling_order(figures: dict[str, Outcome]) -> None:
    outcome = figures["14.2.8"]
    found = tips(outcome)
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
    curves = [
        (node.get("stroke"), node.get("stroke-dasharray"))
        for node in parsed(figures["14.2.2.1"]).iter(f"{SVG}path")
        if node.find(f"{SVG}title") is not None
    ]
    assert len(curves) == 2
    assert len({colour for colour, _ in curves}) == len({dash for _, dash in curves}) == 2


def test_bars_differ_by_more_than_colour(figures: dict[str, Outcome]) -> None:
    styles = {}
    root = parsed(figures["14.2.8"])
    hatches = {node.get("id"): node for node in root.iter(f"{SVG}pattern")}
    for node in root.iter(f"{SVG}path"):
        if node.find(f"{SVG}title") is not None:
            fill = node.get("fill").removeprefix("url(#").removesuffix(")")
            lines = [path.get("d") for path in hatches[fill]] if fill in hatches else ""
            styles.setdefault(node.findtext(f"{SVG}title").split(", ")[1], set()).add(str(lines))
    assert len(styles) > 2
    assert all(len(one) == 1 for one in styles.values())
    assert len(set.union(*styles.values())) == len(styles)


def test_lanes_have_their_events(figures: dict[str, Outcome]) -> None:
    outcome = figures["14.2.10"]
    every = tips(outcome)
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


TEXTS = ["<b> & 'c'", "$x_2$ and \\alpha", "_nolegend_", "\u7ec4 1", "50 % {of}"]


def test_text_is_neither_markup_nor_mathematics() -> None:
    def paint(picture: Picture) -> None:
        axes = picture.figure.subplots()
        lines = [axes.plot([0, 1], [0, place])[0] for place, _ in enumerate(TEXTS)]
        for line, text in zip(lines, TEXTS, strict=True):
            picture.tip(line, f"{text}</title><script>")
        axes.set_xlabel(TEXTS[1])
        legend(axes, lines, TEXTS)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        root = drawn(paint)
    assert root.findtext(f"{SVG}title") == "Figure 1 a < b"
    assert root.findtext(f"{SVG}desc") == "c > d"
    found = [node.text for node in root.iter(f"{SVG}text")]
    assert set(TEXTS) <= set(found)
    assert found.count(TEXTS[1]) == 2
    assert list(root.iter(f"{SVG}script")) == []
    assert f"{TEXTS[0]}</title><script>" in [node.text for node in root.iter(f"{SVG}title")]


@pytest.mark.parametrize(
    "labels",
    [["short"] * 12, ["a label of some forty letters, which is long"] * 7, ["long " * 40 + "name"]],
)
def test_a_legend_has_as_many_columns_as_fit(labels: list[str]) -> None:
    def paint(picture: Picture) -> None:
        axes = picture.figure.subplots()
        legend(axes, [axes.plot([0, 1], [0, n])[0] for n, _ in enumerate(labels)], labels)

    nodes = [node for node in drawn(paint).iter(f"{SVG}text") if node.text[:4] == labels[0][:4]]
    assert len(nodes) == len(labels)
    assert max(reach(node)[0][1] for node in nodes) <= WIDTH
    assert len({node.get("x") for node in nodes}) > 1 or len(labels) == 1


def test_one_subject_without_change_has_a_waterfall_and_a_spider() -> None:
    display = SimpleNamespace(id="1", name="Figure 1", title="t")
    group = Group("All", np.array([True]))
    of = np.array([0])
    data = SimpleNamespace(
        display=display, groups=[group], subjects=["S-1"], of=of, label=lambda name: name * 20
    )
    zero = np.array([0.0])
    bars = figure_change._waterfall(
        data, SimpleNamespace(value="CHG", colour=None, lines=[]), [0], zero, ["All"]
    )
    lines = figure_change._spider(
        data, SimpleNamespace(value="CHG", lines=[]), of, zero, zero, ["All"]
    )
    for figure in (bars, lines):
        found = [node.text for node in etree.fromstring(figure).iter(f"{SVG}text")]
        assert {"\u221220", "0", "20"} <= set(found)
    assert "S-1: 0.0 %, All, All" in bars
    assert "S-1: All, 0.0 % at 0.0 months" in lines


def test_letters_that_xml_cannot_hold_are_left_out() -> None:
    def paint(picture: Picture) -> None:
        (line,) = picture.figure.subplots().plot([0, 1], [0, 1])
        line.axes.set_xlabel("Arm\x0b A")
        picture.tip(line, "Arm\x00 A")

    root = drawn(paint)
    assert "Arm A" in [node.text for node in root.iter(f"{SVG}text")]
    assert "Arm A" in [node.text for node in root.iter(f"{SVG}title")]


def test_a_mark_too_many_is_no_silent_shift_of_tips() -> None:
    def paint(picture: Picture) -> None:
        (line,) = picture.figure.subplots().plot([0, 1], [0, 1], "o", linestyle="none")
        picture.tip(line, "one")

    with pytest.raises(ValueError, match="zip"):
        drawn(paint)
