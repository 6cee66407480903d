"""Relations are read with their places, and refused where datasets cannot have them."""

from __future__ import annotations

import pytest

from cdisc.spec.relations import Relation

RELREC = "mappings/sdtm/relrec.yaml"
AE_DM = "relations:\n  AEDM: {DM: {by: SUBJID, type: ONE}, AE: {by: AETERM, type: MANY}}\n"


def test_what_a_relation_says(folder):
    folder.write(RELREC, AE_DM + "  OWN: {records: {AE: AETERM, DM: {by: SUBJID}}}\n")
    first, second = folder.read().relations
    assert isinstance(first, Relation)
    assert (first.name, first.level, str(first.at)) == ("AEDM", "dataset", f"{RELREC}:2:3 AEDM")
    assert [(s.dataset, s.by, s.type, s.if_none) for s in first.sides] == [
        ("DM", "SUBJID", "ONE", "missing"),
        ("AE", "AETERM", "MANY", "finding"),
    ]
    assert second.level == "record"
    assert [(s.dataset, s.type, s.if_none) for s in second.sides] == [
        ("AE", "", "missing"),
        ("DM", "", "finding"),
    ]
    folder.write(RELREC, AE_DM)
    assert folder.errors() == []


@pytest.mark.parametrize(
    ("relations", "message"),
    [
        (
            "  A: {DM: {by: SUBJID, type: ONE}, CM: {by: CMSPID, type: MANY}}",
            (
                "2:36 CM: A: no spec describes a dataset CM. "
                "A relation is declared when all its datasets have specs"
            ),
        ),
        (
            "  A: {DM: {by: SUBJID, type: ONE}, ADAE: {by: AESEQ, type: MANY}}",
            "2:36 ADAE: A: ADAE is no SDTM dataset",
        ),
        (
            "  A: {DM: {by: SUBJD, type: ONE}, AE: {by: AETERM, type: MANY}}",
            "2:7 DM: A: DM has no variable SUBJD. Did you mean SUBJID?",
        ),
        (
            "  A: {DM: {by: SUBJID, type: ONE}, AE: {by: AEDLT, type: MANY}}",
            "2:36 AE: A: AE has no variable AEDLT. AEDLT is a supplemental qualifier there",
        ),
        (
            "  A: {records: {AE: AETERM, DM: SUBJID}}",
            (
                "2:29 DM: A: relations of records need DMSEQ, which DM lacks. "
                "Define it: DMSEQ: {sequence: USUBJID}"
            ),
        ),
    ],
)
def test_datasets_that_cannot_be_related(folder, relations, message):
    folder.write(RELREC, f"relations:\n{relations}\n")
    assert folder.errors() == [f"{RELREC}:{message}"]


@pytest.mark.parametrize(
    ("relations", "message"),
    [
        (
            "  A: {DM: {by: SUBJID, type: ONE}}",
            "2:3 A: a relation needs two datasets or more",
        ),
        (
            "  A: {DM: SUBJID, AE: AETERM}",
            (
                "2:7 DM: DM needs by and type. Write DM: {by: SUBJID, type: ONE} or type: MANY; "
                "for relations of single records write records: {...}"
            ),
        ),
        (
            "  A: {DM: {by: SUBJID, type: one}, AE: {by: AETERM, type: MANY}}",
            "2:30: type cannot be 'one'. Did you mean ONE?",
        ),
        (
            "  A: {DM: {by: SUBJID}, AE: {by: AETERM, type: MANY}}",
            "2:11: DM needs type",
        ),
        (
            "  A: {records: {AE: AETERM, DM: {by: SUBJID, type: ONE}}}",
            "2:46: type is not known here. Known are by, if_none",
        ),
        (
            "  a b: {DM: {by: SUBJID, type: ONE}}",
            (
                "2:3: 'a b' cannot name a relation. "
                "Up to 20 capital letters, digits and _, a letter first; it becomes RELID"
            ),
        ),
    ],
)
def test_relations_that_are_not_written_right(folder, refusal, relations, message):
    folder.write(RELREC, f"relations:\n{relations}\n")
    assert refusal(folder.read) == f"{RELREC}:{message}"


def test_a_misspelt_word_of_relations_is_named(folder, refusal):
    folder.write(RELREC, AE_DM.replace("relations", "relation"))
    expected = f"{RELREC}:1:1: relation is not known here. Did you mean relations?"
    assert refusal(folder.read) == expected
    folder.write(RELREC, "relations:\n  A: {record: {AE: AETERM, DM: SUBJID}}\n")
    expected = f"{RELREC}:2:7: record is not known here. Did you mean records?"
    assert refusal(folder.read) == expected


def test_every_relation_that_is_wrong_is_told(folder):
    folder.write(RELREC, "relations:\n  A: {DM: SUBJID}\n  B: x\n")
    with pytest.raises(Exception, match="2:7 DM: DM needs by and type") as caught:
        folder.read()
    assert "3:6: B must be a mapping" in str(caught.value)


def test_relations_are_declared_in_one_file_only(folder, refusal):
    folder.write(RELREC, AE_DM)
    folder.write("mappings/sdtm/zz.yaml", AE_DM)
    expected = f"mappings/sdtm/zz.yaml:1:1: relations are already declared in {RELREC}"
    assert refusal(folder.read) == expected


def test_a_dataset_cannot_be_related_by_what_is_never_written(folder):
    folder.change(
        "mappings/sdtm/ae.yaml", "  AETERM: {copy: TERM}\n", "  AETERM: {copy: TERM}\n"
        "  _LINK: {copy: TERM}\n"
    )  # fmt: skip
    folder.write(RELREC, AE_DM.replace("by: AETERM", "by: _LINK"))
    (error,) = folder.errors()
    assert "AEDM: _LINK is never written, so datasets cannot relate by it" in error
    # a relation of records may use it, and so something reads it
    folder.change("mappings/sdtm/dm.yaml", "  COUNTRY:", "  DMSEQ: {sequence: USUBJID}\n  COUNTRY:")
    folder.write(RELREC, "relations: {A: {records: {AE: _LINK, DM: SUBJID}}}\n")
    assert not [text for text in (*folder.errors(), *folder.warnings()) if "_LINK" in text]


def test_relrec_is_not_made_twice(folder):
    folder.write(RELREC, AE_DM)
    folder.write(
        "mappings/sdtm/own.yaml",
        "dataset: RELREC\nkeys: [RELID]\nscope: study\nrows: {values: [{A: x}]}\n"
        "variables:\n  RDOMAIN: {copy: A}\n  IDVAR: {copy: A}\n  RELID: {copy: A}\n",
    )
    expected = f"RELREC is made of the relations in {RELREC} already. Keep one of the two"
    assert any(expected in error for error in folder.errors())
