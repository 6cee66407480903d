"""ODM files that hold changes: what is there after all of them, by the rules of ODM 1.3.2."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdisc.errors import CdiscError
from cdisc.sources import SourceSpec, read_source

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" ODMVersion="1.3.2" FileType="{type}"
     FileOID="F" CreationDateTime="2024-01-01T00:00:00">
  <ClinicalData StudyOID="ST" MetaDataVersionOID="M">
"""
TAIL = "  </ClinicalData>\n</ODM>\n"
COLUMNS = ("LocationOID", "SubjectKey", "ItemGroupRepeatKey", "A", "B")


def subject(key: str, groups: str, kind: str = "", form: str = "") -> str:
    return (
        f'<SubjectData SubjectKey="{key}"{typed(kind)}><SiteRef LocationOID="001"/>'
        f'<StudyEventData StudyEventOID="E"><FormData FormOID="F"{typed(form)}>\n{groups}'
        "</FormData></StudyEventData></SubjectData>\n"
    )


def group(repeat: str, kind: str = "", oid: str = "G", **items: str | None) -> str:
    cells = "".join(
        f'<ItemData ItemOID="{name}" '
        + ('IsNull="Yes"' if value is None else f'Value="{value}"')
        + "/>"
        for name, value in items.items()
    )
    repeat_key = f' ItemGroupRepeatKey="{repeat}"'
    return f'<ItemGroupData ItemGroupOID="{oid}"{repeat_key}{typed(kind)}>{cells}</ItemGroupData>\n'


def typed(kind: str) -> str:
    return f' TransactionType="{kind}"' if kind else ""


@pytest.fixture
def rows(tmp_path: Path):
    """What a file with these subjects holds of the group G: its cells, and the data rows."""

    def read(*subjects: str, type_: str = "Transactional") -> tuple[list[list[str]], list[int]]:
        text = HEAD.replace("{type}", type_) + "".join(subjects) + TAIL
        (tmp_path / "edc.xml").write_text(text, encoding="utf-8", newline="\n")
        spec = SourceSpec(name="g", file="edc.xml", sheet="G")
        table = read_source(spec, tmp_path)
        frame = table.frame.reindex(columns=list(COLUMNS))
        cells = frame.astype(object).where(frame.notna(), "").to_numpy().tolist()
        return cells, table.row_of.tolist()

    return read


def test_changes_are_applied_in_the_order_of_the_file(rows) -> None:
    found = rows(
        subject("1", group("1", A="a", B="b") + group("2", A="x"), "Insert"),
        subject("2", group("1", A="c"), "Upsert"),
        subject("1", group("1", "Update", B="bb") + group("2", "Remove"), "Update"),
        subject("1", group("3", "Upsert", A="d") + group("1", A=None), "Upsert"),
    )
    assert found == (
        [
            ["001", "1", "1", "", "bb"],  # B is changed, A blanked, neither touched the other
            ["001", "2", "1", "c", ""],
            ["001", "1", "3", "d", ""],
        ],
        [1, 3, 5],
    )


def test_what_is_removed_goes_with_all_below_it_and_may_come_again(rows) -> None:
    found = rows(
        subject("1", group("1", A="a") + group("2", A="b"), "Insert"),
        subject("2", group("1", A="c"), "Insert"),
        '<SubjectData SubjectKey="1" TransactionType="Remove"/>\n',
        subject("1", group("1", A="z"), "Insert"),
    )
    assert found[0] == [["001", "2", "1", "c", ""], ["001", "1", "1", "z", ""]]


def test_an_item_may_be_removed(rows) -> None:
    change = group("1", "Update", A="q").replace('Value="q"', 'TransactionType="Remove"')
    found = rows(subject("1", group("1", A="a", B="b"), "Insert"), subject("1", change, "Update"))
    assert found[0] == [["001", "1", "1", "", "b"]]


def test_what_is_sent_for_context_changes_nothing(rows) -> None:
    found = rows(
        subject("1", group("1", A="a"), "Insert"),
        subject("1", group("1", A="other") + group("2", "Insert", A="b"), "Context"),
        subject("9", group("1", A="x"), "Context"),
    )
    assert found[0] == [["001", "1", "1", "a", ""], ["001", "1", "2", "b", ""]]


def test_a_snapshot_with_types_is_what_they_leave(rows) -> None:
    found = rows(
        subject("1", group("1", A="a") + group("2", "Upsert", A="b")),
        subject("1", group("1", "Remove")),
        type_="Snapshot",
    )
    assert found[0] == [["001", "1", "2", "b", ""]]


def test_a_snapshot_that_only_inserts_is_read_as_it_stands(rows) -> None:
    found = rows(subject("1", group("1", A="a") * 2, "Insert"), type_="Snapshot")
    assert found == ([["001", "1", "1", "a", ""]] * 2, [1, 2])


SERIES = "It may be one of a series of files: ask for a snapshot, or for all of it in one file"


@pytest.mark.parametrize(
    ("subjects", "said"),
    [
        (
            [subject("1", group("1", A="a"))],
            "edc.xml:5: SubjectData 1 has no TransactionType, as a transactional file needs",
        ),
        (
            [subject("1", group("1", A="a"), "Update")],
            f"edc.xml:5: SubjectData 1 is updated but was never inserted. {SERIES}",
        ),
        (
            [subject("1", group("1", A="a"), "Insert"), subject("1", "", "Insert")],
            "edc.xml:8: SubjectData 1 is inserted but was there already",
        ),
        (
            [subject("1", group("1", "Remove"), "Upsert")],
            f"edc.xml:6: ItemGroupData G 1 is removed but was never inserted. {SERIES}",
        ),
        (
            [subject("1", group("1", "Replace"), "Upsert")],
            "edc.xml:6: ItemGroupData G 1 has an unknown TransactionType Replace",
        ),
        (
            [
                subject("1", group("1", A="a"), "Insert"),
                subject("1", group("1", "Update", A="b"), "Remove"),
            ],
            "edc.xml:9: ItemGroupData G 1 is changed inside of what is removed",
        ),
        (
            [subject("1", group("1", A="a").replace("</Item", '<ItemData ItemOID="A"/></Item'),
                     "Insert")],
            "edc.xml:6: item A stands twice in one G",
        ),
    ],
)  # fmt: skip
def test_changes_that_cannot_be_are_refused_where_they_stand(rows, subjects, said) -> None:
    with pytest.raises(CdiscError) as caught:
        rows(*subjects)
    assert str(caught.value) == said


STEPS = st.lists(
    st.tuples(
        st.sampled_from("12"),
        st.sampled_from("12"),
        st.sampled_from(["Insert", "Update", "Upsert", "Remove", "Context"]),
        st.sampled_from(["a", "b", None]),
        st.sampled_from(["A", "B"]),
    ),
    max_size=12,
)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_valid_series_gives_what_a_plain_reading_gives(rows, steps) -> None:
    state: dict[tuple[str, str], dict[str, str]] = {}
    subjects = []
    for key, repeat, kind, value, item in steps:
        place = (key, repeat)
        if (kind == "Insert") == (place in state) and kind in ("Insert", "Update", "Remove"):
            continue  # not allowed here
        if kind == "Context" and place not in state:
            continue
        subjects.append(subject(key, group(repeat, kind, **{item: value}), "Upsert"))
        if kind == "Remove":
            del state[place]
        elif kind != "Context":
            state.setdefault(place, {})[item] = value or ""
    expected = [
        ["001", key, repeat, cells.get("A", ""), cells.get("B", "")]
        for (key, repeat), cells in state.items()
    ]
    if not subjects:
        return  # a file without the group is refused
    assert rows(*subjects)[0] == expected
