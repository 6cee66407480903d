"""Groups as numbers, and the last record of each by several keys."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.algorithms.columns import choosing
from cdisc.algorithms.columns.choosing import last_of_each, numbered
from cdisc.algorithms.columns.coded import forget, together
from cdisc.algorithms.columns.uniques import arrow_text
from tests.algorithms.columns import numbers, text

rows = st.lists(
    st.tuples(
        st.sampled_from(["S", "T", None]),
        st.sampled_from(["A", "B", "C"]),
        st.one_of(st.none(), st.integers(-2, 2)),
        st.one_of(st.none(), st.sampled_from(["x", "y"])),
        st.booleans(),
    ),
    max_size=12,
)


def columns(records):
    return (text(*(r[0] for r in records)), text(*(r[1] for r in records)))


@settings(max_examples=200)
@given(rows, st.booleans())
def test_rows_share_a_number_when_all_columns_are_equal(records, many):
    by = (*columns(records), *([text(*(f"{i}" for i in range(len(records))))] if many else []))
    groups = numbered(by)
    keys = [(*r[:2], i if many else 0) for i, r in enumerate(records)]
    assert all(0 <= number < groups.count for number in groups.of)
    assert groups.outside.tolist() == [None in key for key in keys]
    pairs = set(zip(keys, groups.of.tolist(), strict=True))
    assert len(pairs) == len(set(keys)) == len(set(groups.of.tolist()))


def test_columns_of_very_many_values_are_grouped_too():
    count = 400
    by = (
        text(*(f"S{i}" for i in range(count))),
        text(*(f"T{i}" for i in range(count))),
    )
    groups = numbered(by)
    assert groups.count == count  # not the 160,000 that the codes have room for
    assert len(set(groups.of.tolist())) == count


@settings(max_examples=300)
@given(rows)
def test_last_of_each_agrees_with_sorting(records):
    chosen = last_of_each(
        numbered(columns(records)),
        np.array([i for i, r in enumerate(records) if r[4]], dtype=np.int64),
        [numbers(*(r[2] for r in records)), text(*(r[3] for r in records))],
    )
    alone, tied = [], []
    for group in {r[:2] for r in records}:
        mine = [
            ((float("-inf") if r[2] is None else r[2], r[3] or ""), i)
            for i, r in enumerate(records)
            if r[:2] == group and r[4] and None not in group
        ]
        last = [i for key, i in mine if key == max(mine)[0]]
        (alone if len(last) == 1 else tied).extend(last)
    assert sorted(chosen.rows.tolist()) == sorted(alone)
    assert sorted(chosen.tied.tolist()) == sorted(tied)


def test_without_keys_only_a_record_that_is_alone_is_the_last():
    chosen = last_of_each(numbered((text("S", "S", "T"),)), np.arange(3), [])
    assert (chosen.rows.tolist(), chosen.tied.tolist()) == ([2], [0, 1])


def test_groups_are_worked_out_once_for_the_same_columns(monkeypatch):
    forget()
    by = (text("S", "S", "T"), text("A", "B", "A"))
    first = numbered(by)
    monkeypatch.setattr(choosing, "_numbered", None)
    assert numbered(by) is first


def test_what_is_remembered_is_of_these_columns_and_not_of_others():
    forget()
    one, other = text("S", "S", "T"), text("A", "B", "A")
    assert len(set(numbered((one,)).of.tolist())) == 2
    assert len(set(numbered((one, other)).of.tolist())) == 3
    assert numbered((one,)).of.tolist() == numbered((text("S", "S", "T"),)).of.tolist()


def test_only_the_last_of_what_several_arrays_make_is_remembered():
    forget()
    arrays = [[arrow_text(text("a", str(n)))] for n in range(3)]
    made = []

    def make():
        made.append(1)
        return len(made)

    assert [together("number", array, make) for array in (*arrays, arrays[2], arrays[1])] == [
        1,
        2,
        3,
        3,
        2,
    ]
    assert together("number", arrays[0], make) == 4
    forget()
    assert together("number", arrays[0], make) == 5
