import pytest

from cdisc.standards.sas_format import SasFormat, parse_format


@pytest.mark.parametrize(
    ("text", "parts", "written"),
    [
        ("", ("", 0, 0), ""),
        ("DATE9.", ("DATE", 9, 0), "DATE9."),
        ("date9", ("DATE", 9, 0), "DATE9."),
        ("8.2", ("", 8, 2), "8.2"),
        ("8.", ("", 8, 0), "8."),
        ("BEST12.", ("BEST", 12, 0), "BEST12."),
        ("$20.", ("$", 20, 0), "$20."),
        ("$CHAR200.", ("$CHAR", 200, 0), "$CHAR200."),
        ("E8601DT19.", ("E8601DT", 19, 0), "E8601DT19."),
        ("DATETIME20.3", ("DATETIME", 20, 3), "DATETIME20.3"),
        ("MMDDYY.", ("MMDDYY", 0, 0), "MMDDYY."),
    ],
)
def test_a_format_is_taken_apart_and_put_together(
    text: str, parts: tuple[str, int, int], written: str
) -> None:
    found = parse_format(text)
    assert found == SasFormat(*parts)
    assert str(found) == written


@pytest.mark.parametrize("text", ["DATE 9.", "TOOLONGNAME9.", "9DATE.", "$$8.", "8.2.1", "%d"])
def test_what_is_not_a_format(text: str) -> None:
    assert parse_format(text) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("DATE9.", "date"),
        ("YYMMDD10.", "date"),
        ("E8601DA.", "date"),
        ("IS8601DA10.", "date"),
        ("DATETIME20.", "datetime"),
        ("E8601DT19.", "datetime"),
        ("TIME8.", "time"),
        ("HHMM5.", "time"),
        ("8.2", None),
        ("BEST12.", None),
        ("", None),
    ],
)
def test_what_a_format_counts(text: str, kind: str | None) -> None:
    found = parse_format(text)
    assert found is not None
    assert found.time_kind == kind
