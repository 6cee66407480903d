"""The page of results can be read: long tables are folded, each display is one step away."""

from __future__ import annotations

import re

from cdisc.pipeline.results import make_results
from cdisc.results.outcome import Line, Table
from cdisc.results.page_table import LONG, table_lines


def text_of(html: str) -> list[str]:
    """What a reader sees, line by line."""
    rows = re.sub(r"</(tr|summary|details)>", "\n", html)
    return [" ".join(re.sub("<[^>]+>", " ", row).split()) for row in rows.split("\n") if row]


def blocks(*names: tuple[str, ...], each: int) -> Table:
    """A table of so many lines below each heading."""
    lines = []
    for part, *rest in names:
        lines.append(Line(", ".join(rest), (), 0, part))
        lines += [Line(f"line {number}", ("1",), 1) for number in range(each)]
    return Table("", ("A",), tuple(lines))


def test_a_short_table_is_one_table_with_whole_headings() -> None:
    html = "".join(table_lines(blocks(("IL-6", "D1"), ("IL-6", "D2"), ("IL-8", "D1"), each=2)))
    assert "<details" not in html
    assert html.count("<table") == 1
    assert [line for line in text_of(html) if "IL" in line] == ["IL-6, D1", "IL-6, D2", "IL-8, D1"]


def test_a_long_table_is_folded_by_what_its_blocks_are_of() -> None:
    names = [("IL-6", "D1"), ("IL-6", "D2"), ("IL-8", "D1")]
    html = "".join(table_lines(blocks(*names, each=LONG // 2)))
    assert re.findall("<summary>(.*?)</summary>", html) == ["IL-6", "IL-8"]
    first, second = html.split("<details class=part>")[1:]
    assert [line for line in text_of(first) if re.fullmatch(r"(IL-\d)?,? ?D\d", line)] == [
        "D1",
        "D2",
    ]
    assert "D2" not in second
    # each part has the heads of the columns, and nothing is lost
    assert first.count("<thead>") == second.count("<thead>") == 1
    assert html.count("line ") == 3 * (LONG // 2)


def test_a_part_with_one_block_has_no_heading_of_its_own() -> None:
    html = "".join(table_lines(blocks(("IL-6",), ("IL-8",), each=LONG)))
    assert re.findall("<summary>(.*?)</summary>", html) == ["IL-6", "IL-8"]
    assert "class=block" not in html


def test_a_long_table_of_one_part_or_none_stays_whole() -> None:
    of_one = blocks(("IL-6", "D1"), ("IL-6", "D2"), each=LONG)
    of_none = Table("", ("A",), tuple(Line(f"line {n}", ("1",)) for n in range(2 * LONG)))
    for table in (of_one, of_none):
        html = "".join(table_lines(table))
        assert "<details" not in html
        assert html.count("line ") == 2 * LONG


def test_lines_above_the_first_heading_stand_before_the_parts() -> None:
    table = blocks(("IL-6", "D1"), ("IL-8", "D1"), each=LONG)
    html = "".join(table_lines(Table("", ("A",), (Line("All", ("9",)), *table.lines))))
    assert html.index("All") < html.index("<details")


def test_what_is_in_a_table_stays_text() -> None:
    html = "".join(table_lines(blocks(("<b>", "&"), ("IL-8", "D1"), each=LONG)))
    assert "<summary>&lt;b&gt;</summary>" in html


def test_every_display_is_one_step_from_the_contents_and_back(small) -> None:
    small.load().run()
    page = (make_results(small.load().spec).out / "index.html").read_text(encoding="utf-8")
    contents = page[page.index('<nav id="contents"') : page.index("</nav>")]
    wanted = re.findall(r'<section id="(display-[^"]+)">', page)
    assert wanted
    assert sorted(re.findall(r'href="#(display-[^"]+)"', contents)) == sorted(wanted)
    assert page.count('href="#contents"') == 1
