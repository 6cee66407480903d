"""The random histories reach every branch; otherwise they would check nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from . import best_response as best
from . import time_to_event as tte
from .best_response import IRECIST, RECIST
from .histories import (
    FIRST_DOSE,
    LesionHistory,
    event_histories,
    lesion_histories,
    response_histories,
    rows_of,
)
from .irecist import irecist
from .lesions import ABSENT, ENLARGED, FURTHER, find_baseline
from .recist import recist

many = settings(
    max_examples=400, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip


def counted(
    strategy: st.SearchStrategy[object], branches: Callable[[object], object]
) -> Counter[object]:
    """How often each branch is met."""
    found: Counter[object] = Counter()

    @many
    @given(strategy)
    def meet(history: object) -> None:
        found.update(branches(history))

    meet()
    return found


@pytest.fixture(scope="module")
def lesions() -> Counter[object]:
    return counted(lesion_histories(), branches_of_lesions)


def branches_of_lesions(history: LesionHistory) -> Iterator[object]:
    for row in rows_of(history):
        yield row["role"]
        yield ("certainty", row["certainty"])
        yield ("state", row["state"])
        if row["role"] == "TARGET":
            yield ("piece", "." in row["lesion"] and not row["parents"])
            yield ("merged", bool(row["parents"]))
            yield ("size", row["size"] if row["size"] in (None, 0, 5) else "any")
            yield ("chosen", row["lesion"] != "T09")

    scans = {one.number: one.latest_scan for one in history.assessments}
    for one in recist(history.assessments, history.first_dose):
        yield from (("TL", one.tl), ("NT", one.nt), ("OVR", one.ovr), ("new", one.new))
        if one.tl == "PD" and not one.complete:
            yield "PD of an incomplete sum"
        if one.ovr == "PD" and one.date != scans[one.number]:
            yield "PD not at the latest scan"
        if one.sum is not None and one.nadir:
            grown = one.sum - one.nadir
            yield ("exactly 20 %", 5 * grown == one.nadir and grown >= 5)
            yield ("exactly 5 mm", grown == 5 and 5 * grown >= one.nadir)
            yield ("exactly 30 %", 10 * one.sum == 7 * one.base)

    last = None
    for other in irecist(history.assessments, history.first_dose):
        yield ("iOVR", other.iovr)
        if last == "iUPD":
            yield (last, other.iovr)
        last = other.iovr


def rare(found: Counter[object], wanted: set[object]) -> set[object]:
    return {one for one in wanted if found[one] < 3}


def test_lesions_reach_every_response(lesions):
    wanted = {
        *(("TL", value) for value in ("CR", "PR", "SD", "PD", "NE", None)),
        *(("NT", value) for value in ("CR", "NON-CR/NON-PD", "PD", "NE", None)),
        *(("OVR", value) for value in ("CR", "PR", "SD", "PD", "NE", "NON-CR/NON-PD", None)),
        *(("iOVR", value) for value in ("iCR", "iPR", "iSD", "iUPD", "iCPD", "NE", None)),
        *(("iUPD", value) for value in ("iPR", "iSD", "iUPD", "iCPD", "NE")),
        ("iOVR", "NON-iCR/NON-iUPD"),
        ("new", True),
        "PD of an incomplete sum",
        "PD not at the latest scan",
    }
    assert rare(lesions, wanted) == set()


def test_lesions_reach_every_kind_of_record(lesions):
    wanted = {
        *("TARGET", "NON-TARGET", "NEW TARGET", "NEW NON-TARGET"),
        *(("certainty", value) for value in ("EQUIVOCAL", "UNEQUIVOCAL")),
        *(("state", value) for value in (ABSENT, ENLARGED, FURTHER, None)),
        *(("size", value) for value in (None, 0, 5)),
        *(("piece", True), ("merged", True), ("chosen", False)),
    }
    assert rare(lesions, wanted) == set()


def test_sums_are_often_on_the_limits(lesions):
    wanted = {(f"exactly {name}", True) for name in ("20 %", "5 mm", "30 %")}
    assert rare(lesions, wanted) == set()


@settings(max_examples=50)
@given(lesion_histories(tenths=True))
def test_sizes_with_a_decimal_are_exact(history):
    for one in recist(history.assessments, history.first_dose):
        assert one.sum is None or isinstance(one.sum, int | Fraction)


@settings(max_examples=50)
@given(lesion_histories())
def test_a_history_begins_with_a_complete_baseline(history):
    baseline = find_baseline(history.assessments, history.first_dose)
    assert baseline.targets or baseline.non_targets
    assert (baseline.sum is not None) == bool(baseline.targets)


@pytest.mark.parametrize("criteria", [RECIST, IRECIST])
def test_responses_reach_every_answer(criteria):
    def branches(history):
        dates = [one.date for one in history.records]
        yield ("one date twice", len(set(dates)) < len(dates))
        records = best.select(history.records, criteria, history.reference, history.new_therapy)
        yield ("BOR", best.best_response(records, criteria, FIRST_DOSE).value)
        yield ("CBOR", best.best_response(records, criteria, FIRST_DOSE, confirm=True).value)
        yield ("CRSP", best.confirmed_response(records, criteria).value)
        yield ("ICPD", best.confirmed_progression(records).value)
        yield ("IUPD", best.unresolved_progression(records).value)
        yield ("PSPR", best.pseudo_progression(records).value)
        yield ("CB", best.clinical_benefit(records, criteria, FIRST_DOSE).value)
        for name, other in (("SD accepted", {"accept_sd": True}), ("no NE", {"max_ne": 0})):
            changed = best.confirmed_response(records, criteria, **other)
            yield (name, changed != best.confirmed_response(records, criteria))
        for policy in ("pd", "sd"):
            changed = best.select(history.records, criteria, history.reference,
                                  history.new_therapy, cr_then_pr=policy)  # fmt: skip
            yield (policy, changed != records)

    found = counted(response_histories(criteria), branches)
    wanted = {("BOR", value) for value in criteria.best} | {
        ("CBOR", value) for value in criteria.best
    }
    wanted |= {("CRSP", "Y"), ("CB", "Y"), ("CB", "N"), ("one date twice", True)}
    wanted |= {("SD accepted", True), ("no NE", True), ("pd", True), ("sd", True)}
    if criteria is IRECIST:
        wanted |= {("ICPD", "Y"), ("IUPD", "Y"), ("PSPR", "Y")}
    assert rare(found, wanted) == set()


def test_events_reach_every_censoring():
    def branches(history):
        made = tte.progression_free(
            history.start, history.progression, history.death, history.adequate,
            history.new_therapy, history.stop,
        )  # fmt: skip
        if made is None:
            yield "no record"
        else:
            yield made.cnsr
            yield made.text
            yield ("query", made.query)
            yield ("days", made.days is None)
        yield ("one day", history.death is not None and history.death == history.progression)
        yield ("therapy", history.new_therapy == history.progression is not None)
        death = history.death
        yield ("cut", None not in (death, history.stop) and death > history.stop)
        yield ("response", history.response is not None)

    found = counted(event_histories(), branches)
    wanted = {0, 1, 2, 3, 4, tte.PROGRESSION, tte.DEATH, "no record", ("query", True)}
    wanted |= {("days", True), ("one day", True), ("therapy", True), ("cut", True)}
    assert rare(found, wanted) == set()
