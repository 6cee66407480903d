"""Follows a walk-through: does what its fenced blocks say, and sees whether it comes out so.

```csv title="data/raw/cm.csv"             the file as shown
```yaml title="x.yaml" below="  ae:"       these lines below the entry that starts so
```yaml title="x.yaml" instead="  ae:"     these lines instead of that entry
```console                                 commands and, line by line, what they print
```text in="build/x.html"                  text that the file shows
"""

from __future__ import annotations

import difflib
import html
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

BLOCK = re.compile(r"^```(?P<kind>\w+)(?P<options>[^\n]*)\n(?P<text>.*?)^```$", re.M | re.S)
OPTION = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its options, its text and the line it starts on."""

    kind: str
    options: dict[str, str]
    text: str
    line: int


def blocks_of(document: str) -> list[Block]:
    """The fenced blocks of a Markdown document."""
    return [
        Block(
            match["kind"],
            dict(OPTION.findall(match["options"])),
            match["text"],
            document.count("\n", 0, match.start()) + 1,
        )
        for match in BLOCK.finditer(document)
    ]


class Walk:
    """Someone who follows a document, starting in an empty folder."""

    def __init__(self, start: Path) -> None:
        self.folder = start
        self.steps = 0

    def follow(self, document: str) -> None:
        """Do what a Markdown text says; AssertionError where it does not come out as shown."""
        for block in blocks_of(document):
            self._follow(block)
            self.steps += 1

    def _follow(self, block: Block) -> None:
        if block.kind == "console":
            self._type(block)
        elif "title" in block.options:
            self._edit(block)
        elif "in" in block.options:
            shown = (self.folder / block.options["in"]).read_text(encoding="utf-8")
            plain = html.unescape(re.sub(r"<[^>]+>", " ", shown))
            assert " ".join(block.text.split()) in " ".join(plain.split()), f"line {block.line}"
        else:
            raise AssertionError(f"line {block.line}: nobody can tell what to do with this block")

    def _edit(self, block: Block) -> None:
        path = self.folder / block.options["title"]
        place = block.options.get("below", block.options.get("instead"))
        if place is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8", newline="\n")
            return
        lines = path.read_text(encoding="utf-8").splitlines()
        found = [number for number, line in enumerate(lines) if line.startswith(place)]
        assert len(found) == 1, f"line {block.line}: {place!r} is found {len(found)} times"
        end = _end_of(lines, found[0])
        kept = end if "below" in block.options else found[0]
        text = [*lines[:kept], *block.text.splitlines(), *lines[end:]]
        path.write_text("\n".join(text) + "\n", encoding="utf-8", newline="\n")

    def _type(self, block: Block) -> None:
        printed = []
        for line in block.text.splitlines():
            if not line.startswith("$ "):
                continue
            printed.append(line)
            printed += self.run(shlex.split(line[2:]))
        shown = block.text.splitlines()
        differences = difflib.unified_diff(shown, printed, "shown", "printed", lineterm="", n=99)
        assert printed == shown, "\n".join([f"line {block.line}:", *differences])

    def run(self, words: list[str]) -> list[str]:
        """What a command prints, line by line."""
        if words[0] == "cd":
            self.folder = self.folder / words[1]
            return []
        assert words[0] == "cdisc", words
        done = subprocess.run(
            [sys.executable, "-m", "cdisc", *words[1:]],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            check=False,
        )
        return [line.rstrip() for line in done.stdout.splitlines()]


def _end_of(lines: list[str], start: int) -> int:
    """The line after an entry: its own line and those indented deeper."""
    indent = len(lines[start]) - len(lines[start].lstrip())
    end = start + 1
    while end < len(lines) and lines[end].startswith(" " * (indent + 1)):
        end += 1
    return end


@pytest.fixture
def walk(tmp_path) -> Walk:
    """A walk that starts in an empty folder."""
    return Walk(tmp_path)
