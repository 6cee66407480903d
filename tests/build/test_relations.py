"""RELREC against the same thing done record by record, and in partitions of persons."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdisc.build import Built, Inputs, build, of_subjects
from cdisc.build.relrec import related_datasets
from cdisc.model import merge_findings
from cdisc.spec import StudySpec, read_study

from .made_up import source_table

STUDY = """\
study: {id: S1}
created: 2025-01-31T12:00:00
standards: {sdtm: SDTMIG 3.4, terminology: sdtmct 2025-03-28}
data: {raw: raw}
sources:
  ae: {file: ae.csv, subject: SUBJ}
  cm: {file: cm.csv, subject: SUBJ}
  pr: {file: pr.csv, subject: SUBJ}
"""
SPEC = """\
dataset: {0}
keys: [STUDYID, USUBJID, {0}SPID]
rows: {1}
variables:
  USUBJID: {{join_text: {{of: [STUDYID, SUBJ], separator: "-"}}}}
  {0}SEQ: {{sequence: USUBJID}}
  {0}SPID: {{copy: N}}
  {0}GRPID: {{copy: LINK}}
"""
RELATIONS = """\
relations:
  ALL:
    AE: {by: AEGRPID, type: ONE}
    CM: {by: CMGRPID, type: MANY}
    PR: {by: PRGRPID, type: MANY, if_none: missing}
  AECM: {records: {AE: AEGRPID, CM: CMGRPID}}
  REC: {records: {PR: PRGRPID, AE: {by: AEGRPID, if_none: finding}, CM: CMGRPID}}
"""
NAMES = ("AE", "CM", "PR")
SUBJECTS = ("01", "02", "10")

Tables = dict[str, list[tuple[str | None, str, str | None]]]


@pytest.fixture(scope="module")
def related(tmp_path_factory: pytest.TempPathFactory) -> StudySpec:
    home = tmp_path_factory.mktemp("related")
    (home / "study.yaml").write_text(STUDY, encoding="utf-8")
    folder = home / "mappings" / "sdtm"
    folder.mkdir(parents=True)
    for name in NAMES:
        (folder / f"{name}.yaml").write_text(SPEC.format(name, name.lower()), encoding="utf-8")
    (folder / "relrec.yaml").write_text(RELATIONS, encoding="utf-8")
    return read_study(Path(home))


@st.composite
def tables(draw: st.DrawFn) -> Tables:
    """Records of three sources; N tells them apart, LINK is shared, missing or another's."""
    found: Tables = {}
    for name in NAMES:
        cells = draw(
            st.lists(
                st.tuples(
                    st.sampled_from((*SUBJECTS, None)), st.sampled_from(("1", "2", "10", " ", None))
                ),
                max_size=10,
            )
        )
        found[name] = [(who, f"{number:02d}", link) for number, (who, link) in enumerate(cells)]
    return found


def inputs_of(made: Tables) -> Inputs:
    columns = ("SUBJ", "N", "LINK")
    return Inputs({n.lower(): source_table(n.lower(), columns, made[n]) for n in NAMES})


settled = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def by_hand(made: Tables) -> tuple[list[tuple[str, ...]], Counter[tuple[str, str, str, str]]]:
    """The records of RELREC that name records, and the findings, by loops over records."""
    records = {
        name: [
            (who, link if (link or "").strip() else None)
            for who, _, link in sorted(made[name], key=lambda cell: (cell[0] or "", cell[1]))
        ]
        for name in NAMES
    }
    rows: list[tuple[str, ...]] = []
    told: Counter[tuple[str, str, str, str]] = Counter()
    relations = {
        "ALL": {"AE": False, "CM": True, "PR": False},
        "AECM": {"AE": False, "CM": True},
        "REC": {"PR": False, "AE": True, "CM": True},
    }
    for who in SUBJECTS:
        mine = {
            name: [(str(number), link) for number, link in enumerate(
                (link for subject, link in records[name] if subject == who), start=1)]
            for name in NAMES
        }  # fmt: skip
        for relation, sides in relations.items():
            numbers: dict[str, int] = {}
            for name, must in sides.items():
                for sequence, link in mine[name]:
                    others = {with_ for other in sides if other != name for _, with_ in mine[other]}
                    if link is None:
                        continue
                    if link in others:
                        numbers.setdefault(link, len(numbers) + 1)
                        rows.append((who, relation, str(numbers[link]), name, sequence))
                    elif must:
                        told[relation, name, "relation.none", link] += 1
                    several = sum(other == link for _, other in mine[name]) > 1
                    if several and (relation, name) == ("ALL", "AE"):
                        told[relation, name, "relation.several", link] += 1
    order = list(relations)
    kept = [row for row in rows if row[1] != "ALL"]
    kept.sort(key=lambda r: (r[0], order.index(r[1]), int(r[2]), list(relations[r[1]]).index(r[3])))
    return kept, told


@settled
@given(tables())
def test_relrec_is_what_comparing_all_records_gives(related: StudySpec, made: Tables) -> None:
    built = build(related, inputs_of(made))
    wanted, told = by_hand(made)
    frame = built.datasets["RELREC"].frame
    named = frame[frame["USUBJID"].notna()]
    assert [
        (f"S1-{who}", f"{relation}-{link}", name, f"{name}SEQ", sequence)
        for who, relation, link, name, sequence in wanted
    ] == list(
        zip(named["USUBJID"], named["RELID"], named["RDOMAIN"], named["IDVAR"], named["IDVARVAL"],
            strict=True)
    )  # fmt: skip
    assert named["RELTYPE"].isna().all()
    found: Counter[tuple[str, str, str, str]] = Counter()
    for finding in built.findings:
        if finding.rule.startswith("relation."):
            relation = finding.message.split()[1].rstrip(":")
            found[relation, finding.dataset, finding.rule, finding.value or ""] += finding.count
    assert found == told


@settled
@given(tables())
def test_datasets_are_related_when_two_have_a_value(related: StudySpec, made: Tables) -> None:
    frame = build(related, inputs_of(made)).datasets["RELREC"].frame
    whole = frame[frame["USUBJID"].isna()]
    have = [
        name
        for name in NAMES
        if any(who is not None and (link or "").strip() for who, _, link in made[name])
    ]
    types = {"AE": "ONE", "CM": "MANY", "PR": "MANY"}
    wanted = [(name, f"{name}GRPID", types[name], "ALL") for name in have] if len(have) > 1 else []
    columns = (whole["RDOMAIN"], whole["IDVAR"], whole["RELTYPE"], whole["RELID"])
    assert list(zip(*columns, strict=True)) == wanted
    assert whole["IDVARVAL"].isna().all()


@settled
@given(tables(), st.lists(st.integers(0, 1), min_size=4, max_size=4))
def test_relations_of_all_are_those_of_the_parts(
    related: StudySpec, made: Tables, places: list[int]
) -> None:
    inputs = inputs_of(made)
    whole = build(related, inputs)
    ids = (*SUBJECTS, "")
    parts = [
        build(related, of_subjects(related, inputs, frozenset(subjects)))
        for part in (0, 1)
        if (subjects := [name for name, place in zip(ids, places, strict=True) if place == part])
    ]
    frames = [part.datasets["RELREC"].frame.dropna(subset="USUBJID") for part in parts]
    together = pd.concat(frames, ignore_index=True)
    together = together.sort_values("USUBJID", kind="stable", ignore_index=True)
    frame = whole.datasets["RELREC"].frame
    mine = frame.dropna(subset="USUBJID").reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, together)
    assert merge_findings(f for part in parts for f in part.findings) == whole.findings


@settled
@given(tables())
def test_every_record_leads_to_the_record_it_names(related: StudySpec, made: Tables) -> None:
    built: Built = build(related, inputs_of(made))
    frame = built.datasets["RELREC"].frame
    edges = built.lineage["RELREC"]
    assert edges.child.tolist() == np.flatnonzero(frame["USUBJID"].notna()).tolist()
    places = built.locate("RELREC", np.arange(len(frame)))
    for child, parent, row in zip(edges.child, edges.parent, edges.parent_row, strict=True):
        record = frame.iloc[child]
        name = edges.parents[parent]
        target = built.datasets[name].frame.iloc[row]
        assert name == record["RDOMAIN"]
        assert target["USUBJID"] == record["USUBJID"]
        assert str(int(target[record["IDVAR"]])) == record["IDVARVAL"]
        assert places[child].file == f"{name.lower()}.csv"
        assert places[child].usubjid == record["USUBJID"]
    assert {p.file for p in places[: len(frame) - len(edges.child)]} <= {
        "mappings/sdtm/relrec.yaml"
    }


def test_datasets_related_only_across_partitions_are_related(related: StudySpec) -> None:
    """One side is in one partition, the other in another: the whole study relates them."""
    present = frozenset({("ALL", "AE")}) | frozenset({("ALL", "PR")})
    rows = related_datasets(related, related.relations, present)
    assert rows.frame["RDOMAIN"].tolist() == ["AE", "PR"]
    assert [(place.file, place.row) for place in rows.places] == [
        ("mappings/sdtm/relrec.yaml", 3),
        ("mappings/sdtm/relrec.yaml", 5),
    ]
    assert related_datasets(related, related.relations, frozenset({("ALL", "AE")})).frame.empty


def test_a_partial_build_relates_what_is_in_it(related: StudySpec) -> None:
    made: Tables = {"AE": [("01", "1", "9")], "CM": [("01", "1", "9")], "PR": []}
    built = build(related, inputs_of(made), only=["AE", "CM"])
    assert built.datasets["RELREC"].frame["RELID"].tolist() == ["AECM-1", "AECM-1"]
    assert "RELREC" not in build(related, inputs_of(made), only=["AE"]).datasets
