"""Write docs/reference: the pages of algorithms and commands, the JSON Schemas that editors use.

python scripts/build_reference.py           writes them
python scripts/build_reference.py --check   says what is out of date, exit code 1
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from cdisc.cli.reference import command_reference
from cdisc.spec.reference import algorithm_reference
from cdisc.spec.schema import write_schemas

FOLDER = Path(__file__).parents[1] / "docs" / "reference"


def write(folder: Path) -> list[Path]:
    """Writes the pages and the schemas into a folder and gives their paths."""
    paths = list(write_schemas(folder))
    pages = {"algorithms.md": algorithm_reference(), "commands.md": command_reference()}
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [*paths, *(folder / name for name in pages)]


def outdated(folder: Path) -> list[str]:
    """The names of the files in a folder that writing them again would change."""
    with tempfile.TemporaryDirectory() as scratch:
        fresh = write(Path(scratch))
        return [
            path.name
            for path in fresh
            if not (folder / path.name).is_file()
            or (folder / path.name).read_text(encoding="utf-8") != path.read_text(encoding="utf-8")
        ]


def main(arguments: list[str]) -> int:
    """Writes or checks docs/reference."""
    if arguments == ["--check"]:
        names = outdated(FOLDER)
        for name in names:
            print(f"docs/reference/{name} is out of date: run python scripts/build_reference.py")
        return 1 if names else 0
    for path in write(FOLDER):
        print(f"docs/reference/{path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
