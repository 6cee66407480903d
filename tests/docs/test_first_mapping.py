"""The walk-through of docs/first-mapping.md, followed to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


def test_whoever_follows_the_walk_through_sees_what_it_shows(walk):
    walk.follow((DOCS / "first-mapping.md").read_text(encoding="utf-8"))
    assert walk.steps == 16


def test_output_that_differs_from_what_is_shown_is_noticed(walk):
    with pytest.raises(AssertionError, match="line 3:"):
        walk.follow("# Version\n\n```console\n$ cdisc --version\ncdisc 99\n```\n")


def test_a_place_that_is_not_there_is_noticed(walk):
    (walk.folder / "a.yaml").write_text("one: 1\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="found 0 times"):
        walk.follow('```yaml title="a.yaml" below="two:"\nx: 1\n```\n')


def test_a_text_that_the_file_does_not_show_is_noticed(walk):
    (walk.folder / "a.html").write_text("<p>one &lt; <b>two</b></p>", encoding="utf-8")
    walk.follow('```text in="a.html"\none < two\n```\n')
    with pytest.raises(AssertionError, match="line 1"):
        walk.follow('```text in="a.html"\none < three\n```\n')
