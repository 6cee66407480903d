"""The README shows what is there: its spec lines stand in the spec, its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_spec_excerpt_is_of_the_spec() -> None:
    excerpts = re.findall(r"^```yaml\n(.*?)^```$", README, re.M | re.S)
    for excerpt, file in zip(excerpts, ("study.yaml", "mappings/sdtm/ae.yaml"), strict=True):
        spec = (ROOT / file).read_text(encoding="utf-8").splitlines()
        assert [line for line in excerpt.splitlines() if line not in spec] == []


def test_links_lead_to_files() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_its_pictures_are_small_and_ask_nothing_of_other_places() -> None:
    pictures = re.findall(r"^!\[.{20,}\]\((docs/pictures/\w+\.svg)\)$", README, re.M)
    assert len(pictures) == 3
    for picture in pictures:
        text = (ROOT / picture).read_text(encoding="utf-8")
        assert len(text) < 150_000
        assert set(re.findall(r"https?://[^\"' )]+", text)) == {"http://www.w3.org/2000/svg"}
