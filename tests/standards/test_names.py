"""Names with placeholders: what fits, what does not, and how labels are filled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.standards.names import NamePattern, domain_prefix, fill_label, is_pattern, with_prefix


@pytest.mark.parametrize(
    ("pattern", "name", "placeholders"),
    [
        ("TRTxxP", "TRT01P", {"xx": "01"}),
        ("TRxxPGyN", "TR02PG3N", {"xx": "02", "y": "3"}),
        ("PxxSwSDT", "P10S9SDT", {"xx": "10", "w": "9"}),
        ("CRITyFL", "CRIT12FL", {"y": "12"}),
        ("ANLzzFL", "ANL99FL", {"zz": "99"}),
        ("--TERM", "AETERM", {"prefix": "AE"}),
        ("*SDT", "MSCSDT", {"stem": "MSC"}),
    ],
)
def test_names_that_fit(pattern: str, name: str, placeholders: dict[str, str]) -> None:
    assert NamePattern(pattern).match(name) == placeholders


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("TRTxxP", "TRT00P"),
        ("TRTxxP", "TRT1P"),
        ("TRTxxP", "TRT01PN"),
        ("CRITyFL", "CRIT0FL"),
        ("CRITyFL", "CRIT01FL"),
        ("CRITyFL", "CRIT100FL"),
        ("APHASEw", "APHASE10"),
        ("--TERM", "TERM"),
        ("--TERM", "A1TERM"),
        ("--TOXGR", "AWTOXGR"),
        ("*DT", "DT"),
        ("*DT", "1DT"),
    ],
)
def test_names_that_do_not_fit(pattern: str, name: str) -> None:
    assert NamePattern(pattern).match(name) is None


@given(period=st.integers(1, 99), group=st.integers(1, 99))
def test_every_numbered_name_is_read_back(period: int, group: int) -> None:
    name = f"TR{period:02}PG{group}"
    assert NamePattern("TRxxPGy").match(name) == {"xx": f"{period:02}", "y": str(group)}


@given(st.text(alphabet="ABDGNPRT0123456789", max_size=8))
def test_a_pattern_without_placeholders_fits_only_itself(name: str) -> None:
    assert not is_pattern(name)
    assert NamePattern(name).match(name) == {}
    assert NamePattern(name).match(name + "A") is None


def test_labels_are_filled_by_whole_words_only() -> None:
    label = "Planned Pooled Treatment y for Period xx"
    assert fill_label(label, {"xx": "02", "y": "1"}) == "Planned Pooled Treatment 1 for Period 02"
    assert fill_label("Day of Visit", {"y": "1"}) == "Day of Visit"


@pytest.mark.parametrize(
    ("names", "prefix"),
    [
        (["AETERM", "AEDECOD", "TRTEMFL"], "AE"),
        (["CMDECOD", "AETERM", "AEDECOD"], "AE"),
        (["MHTERM", "AETERM"], "AE"),
        (["AVAL", "PARAM"], ""),
        ([], ""),
    ],
)
def test_the_domain_of_a_dataset_is_what_most_of_its_names_say(names, prefix):
    assert domain_prefix(["--TERM", "--DECOD", "TRTEMFL", "TRTxxP"], names) == prefix


def test_a_domain_is_filled_in_where_a_name_leaves_it_open():
    assert with_prefix("--SOC", "AE") == "AESOC"
    assert with_prefix("--SOC", "") == "--SOC"
    assert with_prefix("CMTRT", "AE") == "CMTRT"
