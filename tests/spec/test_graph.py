"""The order of computing: everything after what it reads, and circles named step by step."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.algorithms import find
from cdisc.errors import Location, SpecError
from cdisc.spec.expressions import Ref
from cdisc.spec.graph import build_order, upstream
from cdisc.spec.model import Call, GroupArgument, ListArgument, RecordsArgument
from cdisc.spec.needs import Node, call_records, edges
from cdisc.spec.read_dataset import read_dataset
from cdisc.spec.yaml_nodes import parse_yaml

DM = """\
dataset: DM
keys: [STUDYID, USUBJID]
rows: demo
lookups:
  dose: {from: EX, match: [USUBJID], take: first, order: EXSTDTC, if_none: missing}
variables:
  USUBJID: {copy: SUBJ}
  RFSTDTC: {copy: dose.EXSTDTC}
"""
EX = """\
dataset: EX
keys: [STUDYID, USUBJID, EXSTDTC]
rows: ex
variables:
  USUBJID: {copy: SUBJ}
  EXSTDTC: {copy: START}
  EXSTDY: {study_day: EXSTDTC}
  EXSEQ: {sequence: {by: USUBJID}}
"""


def specs(**texts):
    """Datasets by name, as a study's specs are read."""
    return {
        name: read_dataset(parse_yaml(text, f"{name.lower()}.yaml"), "sdtm", set(texts))
        for name, text in texts.items()
    }


def test_dm_reads_ex_dates_while_ex_reads_the_reference_date_of_dm():
    order = build_order(specs(DM=DM, EX=EX))
    steps = [str(node) for node in order]
    wanted = ["EX rows", "EX.EXSTDTC", "DM lookup dose", "DM.RFSTDTC", "EX.EXSTDY"]
    assert sorted(wanted, key=steps.index) == wanted


def test_a_circle_between_datasets_is_named_with_its_place(refusal):
    ex = EX.replace("{copy: START}", "{copy: DM.RFSTDTC}")
    message = refusal(lambda: build_order(specs(DM=DM, EX=ex)))
    assert re.fullmatch(
        r"(dm|ex)\.yaml:\d+:\d+ \w+: each needs the next: (\S+( lookup \w+)?) -> .* -> \2\. "
        "Break the circle: derive one of them from the source",
        message,
    )
    assert "DM.RFSTDTC -> EX.EXSTDTC -> DM.RFSTDTC" in message or "DM lookup dose" in message


def test_rows_taken_from_a_dataset_come_after_its_variables():
    cm = "dataset: CM\nkeys: [USUBJID]\nrows: {from: EX, where: not missing(EXSTDY)}\n"
    cm += "variables:\n  USUBJID: {copy: USUBJID}\n"
    order = build_order(specs(DM=DM, EX=EX, CM=cm))
    assert order.index(Node("EX", "variable", "EXSTDY")) < order.index(Node("CM", "rows"))


def test_a_sequence_by_keys_comes_after_the_keys():
    order = build_order(specs(EX=EX))
    sequence = order.index(Node("EX", "variable", "EXSEQ"))
    assert order.index(Node("EX", "variable", "EXSTDTC")) < sequence


def test_upstream_is_everything_a_variable_rests_on():
    datasets = specs(DM=DM, EX=EX)
    found = upstream(iter([Node("DM", "variable", "RFSTDTC")]), datasets)
    assert {str(node) for node in found} == {
        "DM rows",
        "DM.USUBJID",
        "DM.RFSTDTC",
        "DM lookup dose",
        "EX rows",
        "EX.USUBJID",
        "EX.EXSTDTC",
    }


@st.composite
def variables_reading_each_other(draw):
    """Specs of two datasets whose variables read others; which, and in which order, is drawn."""
    names = [f"V{number}" for number in range(draw(st.integers(2, 7)))]
    reads = {name: draw(st.lists(st.sampled_from(names), max_size=3)) for name in names}
    home = {name: draw(st.sampled_from(["DM", "DX"])) for name in names}
    texts = {}
    for dataset in ("DM", "DX"):
        text = f"dataset: {dataset}\nkeys: [STUDYID, USUBJID]\nrows: raw\nvariables:\n"
        text += "  USUBJID: {copy: SUBJ}\n"
        for name in draw(st.permutations(names)):
            if home[name] == dataset:
                of = [
                    other if home[other] == dataset else f"{home[other]}.{other}"
                    for other in reads[name]
                ]
                text += f"  {name}: {{first_present: [{', '.join([*of, 'RAW'])}]}}\n"
        texts[dataset] = text
    return specs(**texts)


@given(variables_reading_each_other())
def test_the_order_puts_everything_after_what_it_reads_or_names_a_true_circle(datasets):
    graph = {}
    for spec in datasets.values():
        graph |= edges(spec, datasets)
    try:
        order = build_order(datasets)
    except SpecError as error:
        names = re.fullmatch(r"each needs the next: (.*)", error.message)
        steps = names[1].split(" -> ")
        by_name = {str(node): node for node in graph}
        for step, read in itertools.pairwise(steps):
            if by_name[read] not in graph[by_name[step]]:
                pytest.fail(f"{step} does not read {read}")
    else:
        place = {node: number for number, node in enumerate(order)}
        assert set(place) == set(graph)
        assert all(place[read] < place[node] for node in graph for read in graph[node])


@given(variables_reading_each_other())
def test_the_order_does_not_depend_on_the_order_of_files(datasets):
    backwards = dict(reversed(datasets.items()))

    def outcome(given):
        try:
            return build_order(given)
        except SpecError as error:
            return str(error)

    assert outcome(datasets) == outcome(backwards)


def test_records_inside_a_group_of_arguments_are_read_too():
    call = Call(
        find("copy"),
        {
            "events": ListArgument(
                (GroupArgument(object, {"of": RecordsArgument("EX", {"date": Ref("EXSTDTC")})}),)
            )
        },
        {},
        Location("f"),
    )
    assert [found.dataset for found in call_records(call)] == ["EX"]
