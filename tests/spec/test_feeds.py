"""Which raw columns feed a variable, followed through the specs alone."""

from __future__ import annotations

import pytest

from cdisc.spec.feeds import Feed, Read, feeds, reading

EX = """\
dataset: EX
keys: [STUDYID, USUBJID, EXSTDTC]
rows:
  stack:
    - from: {from: demo, where: not missing(SEXCD), set: {START: {copy: FIRST}}}
      summarize: {by: [SUBJ], columns: {BEGAN: {by: earliest, of: START}}}
    - from: ae
      set:
        BEGAN: {iso8601: {date: START, formats: [YYYY-MM-DD]}}
  unpivot:
    name: TEST
    columns: [AMOUNT]
    each: {HIGH: {AMOUNT: SER}, LOW: {AMOUNT: OUT}}
lookups:
  person: {from: demo, match: {SUBJ: SUBJ}, take: one, if_none: missing}
variables:
  USUBJID: {join_text: {of: [STUDYID, SUBJ], separator: "-"}}
  EXTRT: {constant: DRUG}
  _SITE: {copy: person.SITE}
  EXLOC: {join_text: {of: [_SITE, DM.SEX]}}
  EXDOSTXT: {copy: AMOUNT}
  EXDOSFRM: {copy: TEST}
  EXSTDTC: {copy: BEGAN}
  EXENDTC: {reference_date: {of: [{from: AE, where: AESER == "Y", date: AESTDTC}], take: latest}}
"""


@pytest.fixture
def datasets(folder):
    folder.write("mappings/sdtm/ex.yaml", EX)
    return folder.read().datasets


def of(datasets, dataset, variable, **more):
    return {f"{origin}.{column}" for origin, column in feeds(datasets, dataset, variable, **more)}


def test_a_copy_is_fed_by_its_column_and_a_constant_by_nothing(datasets):
    assert of(datasets, "AE", "AETERM") == {"ae.TERM"}
    assert of(datasets, "EX", "EXTRT") == set()


def test_a_supplemental_qualifier_is_followed_through_its_lookup(datasets):
    assert of(datasets, "AE", "AESITE") == {"demo.SITE"}
    assert of(datasets, "AE", "AENOTE") == {"ae.IT.NOTE"}


def test_intermediates_and_other_datasets_are_followed(datasets):
    assert of(datasets, "EX", "EXLOC") == {"demo.SITE", "demo.SEXCD"}
    assert of(datasets, "ADAE", "SEX") == {"demo.SEXCD"}


def test_row_steps_are_followed_backwards_and_conditions_do_not_feed(datasets):
    # BEGAN of the one part is START, set from FIRST; of the other it is read from START
    assert of(datasets, "EX", "EXSTDTC") == {"demo.FIRST", "ae.START"}


def test_of_an_unpivot_only_the_tests_asked_for_are_read(datasets):
    both = of(datasets, "EX", "EXDOSTXT")
    assert both == {"demo.SER", "ae.SER", "demo.OUT", "ae.OUT"}
    assert of(datasets, "EX", "EXDOSTXT", codes=["LOW"]) == {"demo.OUT", "ae.OUT"}
    assert of(datasets, "EX", "EXDOSFRM") == set()


def test_records_of_another_dataset_feed_but_not_what_chooses_them(datasets):
    assert of(datasets, "EX", "EXENDTC") == {"ae.START"}


def test_a_follower_leaves_out_what_records_do_not_go_back_to(datasets):
    asked = []

    def follow(dataset, records, role, origin, /):
        asked.append((dataset, role, origin))
        return records if origin != "demo" else None

    found = feeds(datasets, "EX", "EXSTDTC", follow=follow, records="some")
    assert found == {Feed("ae", "START")}
    assert set(asked) == {("EX", "rows", "demo"), ("EX", "rows", "ae")}


def test_a_circle_between_datasets_ends(folder):
    folder.write("mappings/sdtm/ex.yaml", EX)
    folder.change(
        "mappings/sdtm/dm.yaml",
        "RFSTDTC: {iso8601: {date: FIRST, formats: [YYYY-MM-DD]}}",
        "RFSTDTC: {reference_date: {of: [EX.EXSTDTC], take: earliest}}\n"
        "  RFXSTDTC: {first_present: [RFSTDTC, FIRST]}",
    )
    assert of(folder.read().datasets, "DM", "RFXSTDTC") == {"demo.FIRST", "ae.START"}


PARTS = """\
dataset: EX
keys: [STUDYID, USUBJID]
rows:
  stack:
    - from: ae
      unpivot: {name: TEST, columns: [AMOUNT], each: {HIGH: {AMOUNT: SER}, LOW: {AMOUNT: OUT}}}
    - {from: demo, set: {TEST: {constant: SINGLE}, AMOUNT: {copy: SITE}}}
variables:
  USUBJID: {join_text: {of: [STUDYID, SUBJ], separator: "-"}}
  EXDOSTXT: {copy: AMOUNT}
"""


def test_a_test_of_its_own_part_is_not_read_from_the_unpivot_beside_it(folder):
    folder.write("mappings/sdtm/ex.yaml", PARTS)
    datasets = folder.read().datasets
    assert of(datasets, "EX", "EXDOSTXT", codes=["SINGLE"]) == {"demo.SITE"}
    assert of(datasets, "EX", "EXDOSTXT", codes=["LOW"]) == {"ae.OUT"}


def test_one_step_back_are_the_columns_that_a_dataset_reads_itself(datasets):
    found = reading(datasets, "EX", "EXLOC")
    assert found.variables == ("EXLOC", "_SITE")
    assert found.reads == {Read("person", "demo", "SITE"), Read("DM", "DM", "SEX")}
    assert reading(datasets, "EX", "EXSTDTC").reads == {
        Read("rows", "demo", "FIRST"),
        Read("rows", "ae", "START"),
    }
    assert reading(datasets, "EX", "EXENDTC").reads == {Read("EXENDTC", "AE", "AESTDTC")}


def test_one_step_back_reads_only_the_tests_asked_for(datasets):
    found = reading(datasets, "EX", "EXDOSTXT", codes=["LOW"])
    assert {read.column for read in found.reads} == {"OUT"}
