"""SAS formats that a spec writes are checked without data."""

from __future__ import annotations

import pytest

SIGN = "Formats for text begin with $, formats for numbers do not"
AT = "mappings/adam/adae.yaml:11:3 DAYS"


def told(folder, variable: str) -> list[str]:
    old = (folder.root / "mappings/adam/adae.yaml").read_text(encoding="utf-8").rstrip()
    folder.write("mappings/adam/adae.yaml", f"{old}\n  DAYS: {{{variable}, label: Days}}\n")
    return folder.errors()


@pytest.mark.parametrize(
    "variable",
    [
        "compute: AESEQ / 3, type: Num, format: 8.2",
        "compute: AESEQ / 3, type: Num, format: best12.",
        "compute: AESEQ / 3, type: Num, format: 8",
        "compute: AESEQ / 3, type: Num, format: PERCENT8.1",
        "compute: AESEQ / 3, type: Num, format: OURS.",
        "copy: AETERM, format: $20.",
        "copy: AETERM, type: Char, format: $OURS.",
        "copy: AETERM, type: Char, format: 20.",
    ],
)
def test_formats_that_fit_are_no_error(folder, variable) -> None:
    assert told(folder, variable) == []


@pytest.mark.parametrize(
    ("variable", "message"),
    [
        (
            "compute: AESEQ / 3, type: Num, format: 8.2.1",
            (
                "'8.2.1' is not a SAS format. Formats look like DATE9., 8.2 or $20., with a name "
                "of at most 8 characters"
            ),
        ),
        (
            "compute: AESEQ / 3, type: Num, format: 2.8",
            (
                "the format 2.8 has 8 decimals and is 2 wide. The width counts them, too: 8.2 "
                "shows 12345.67"
            ),
        ),
        (
            "copy: AETERM, type: Char, format: 8.2",
            f"is text, which the format 8.2 is not for. {SIGN}",
        ),
        (
            "compute: AESEQ / 3, type: Num, format: $8.",
            f"is a number, which the format $8. is not for. {SIGN}",
        ),
    ],
)
def test_a_format_that_cannot_be_is_told_at_its_variable(folder, variable, message) -> None:
    assert told(folder, variable) == [f"{AT}: {message}"]
