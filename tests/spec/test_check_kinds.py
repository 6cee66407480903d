"""Text, numbers and dates in the wrong place are told without data."""

from __future__ import annotations

import pytest

ADSL = """\
dataset: ADSL
structure: ADSL
keys: [STUDYID, USUBJID]
rows: DM
variables:
  STUDYID: {copy: STUDYID}
  USUBJID: {copy: USUBJID}
  SEX: {copy: SEX}
  RFSTDTC: {copy: RFSTDTC}
  TRTSDT: {analysis_date: RFSTDTC}
  TRTEDT: {extreme_date: {of: {from: AE, date: AESTDTC}, take: latest}}
  TRTDURD: {compute: TRTEDT - TRTSDT + 1}
"""
ADRS = """\
dataset: ADRS
structure: BDS
keys: [STUDYID, USUBJID, PARAMCD, ADT]
rows: AE
parameters:
  OVR:
    label: Overall Response
    set: {ADT: {analysis_date: AESTDTC}, AVALC: {copy: AEOUT}, AVAL: {number: AESEQ}}
  LAST:
    label: Last Response
    from: OVR
variables:
  STUDYID: {copy: STUDYID}
  USUBJID: {copy: USUBJID}
  PARAMCD: {copy: PARAMCD}
  PARAM: {copy: PARAM}
  ADT: {copy: ADT}
  AVALC: {copy: AVALC}
  AVAL: {copy: AVAL}
"""
ADTTE = """\
dataset: ADTTE
structure: BDS-TTE
keys: [STUDYID, USUBJID, PARAMCD]
rows: ADSL
parameters:
  PFS:
    label: Progression-Free Survival
    derive:
      time_to_event:
        start: TRTSDT
        events: [{of: {from: ADRS, where: PARAMCD == "OVR", date: ADT}, describe: Progression}]
variables:
  STUDYID: {copy: ADSL.STUDYID}
  USUBJID: {copy: USUBJID}
  PARAMCD: {copy: PARAMCD}
  PARAM: {copy: PARAM}
  STARTDT: {copy: STARTDT}
  ADT: {copy: ADT}
  AVAL: {copy: AVAL}
  ADY: {analysis_day: {date: ADT, reference: ADSL.TRTSDT}}
"""
DATES = "Name a date, as analysis_date makes it, or a --DTC of SDTM"


@pytest.fixture
def folder(folder):
    folder.write("mappings/adam/adsl.yaml", ADSL)
    folder.write("mappings/adam/adrs.yaml", ADRS)
    folder.write("mappings/adam/adtte.yaml", ADTTE)
    return folder


def told(folder) -> list[str]:
    """The errors, but for variables that such small datasets lack."""
    return [error for error in folder.errors() if "the standard requires" not in error]


def test_dates_where_dates_belong_are_no_error(folder) -> None:
    assert told(folder) == []


@pytest.mark.parametrize("start", ["TRTSDT", "RFSTDTC", "TRTEDT"])
def test_a_time_starts_at_a_numeric_date_or_at_an_iso_date(folder, start) -> None:
    folder.change("mappings/adam/adtte.yaml", "start: TRTSDT", f"start: {start}")
    assert told(folder) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        # of the standard, of a list that the spec writes, made by an algorithm
        (
            "adtte",
            "start: TRTSDT",
            "start: SEX",
            f"adtte.yaml:9:7 derive: start must be a date; SEX is text that is none. {DATES}",
        ),
        (
            "adtte",
            "start: TRTSDT",
            "start: TRTDURD",
            f"adtte.yaml:9:7 derive: start must be a date; TRTDURD is a number. {DATES}",
        ),
        (
            "adtte",
            'where: PARAMCD == "OVR", date: ADT',
            "date: AVALC",
            "adtte.yaml:11:23 derive: date must be a date; ADRS.AVALC is text that is none. "
            + DATES,
        ),
        (
            "adtte",
            'where: PARAMCD == "OVR", date: ADT',
            "date: AVAL",
            f"adtte.yaml:11:23 derive: date must be a date; ADRS.AVAL is a number. {DATES}",
        ),
        (
            "adtte",
            "reference: ADSL.TRTSDT",
            "reference: ADSL.SEX",
            "adtte.yaml:20:3 ADY: reference must be a date; ADSL.SEX is text that is none. "
            + DATES,
        ),
        (
            "adtte",
            "date: ADT, reference",
            "date: AVAL, reference",
            f"adtte.yaml:20:3 ADY: date must be a date; AVAL is a number. {DATES}",
        ),
        (
            "adrs",
            "  AVAL: {copy: AVAL}",
            (
                "  AVAL: {copy: AVAL}\n  _BASE: {copy: AVALC}\n"
                "  CHG: {change: {value: AVAL, base: _BASE}}"
            ),
            (
                "adrs.yaml:21:3 CHG: base must be a number; _BASE is text. "
                "Make it one with number: _BASE"
            ),
        ),
        (
            "adrs",
            "  AVAL: {copy: AVAL}",
            "  AVAL: {copy: AVAL}\n  CHG: {change: {value: AVAL, base: ADT}}",
            "adrs.yaml:20:3 CHG: base must be a number; ADT is a date",
        ),
    ],
)
def test_another_kind_than_an_argument_needs_is_told_at_its_place(
    folder, file, old, new, message
) -> None:
    folder.change(f"mappings/adam/{file}.yaml", old, new)
    assert told(folder) == [f"mappings/adam/{message}"]


@pytest.mark.parametrize("copied", ["RFSTDTC", "source['RFSTDTC']", "DM.RFSTDTC"])
def test_a_copy_of_an_iso_date_is_no_numeric_date_and_told_once(folder, copied) -> None:
    copy = f'TRTSDT: {{copy: "{copied}"}}'
    folder.change("mappings/adam/adsl.yaml", "TRTSDT: {analysis_date: RFSTDTC}", copy)
    message = f"TRTSDT is a numeric date; {copied} is text, and a copy stays text"
    hint = f"Make it a date with analysis_date: {copied}"
    assert told(folder) == [f"mappings/adam/adsl.yaml:10:3 TRTSDT: {message}. {hint}"]


@pytest.mark.parametrize(
    ("set_", "message"),
    [
        (
            "set: {AVAL: {copy: AVALC}}",
            (
                "AVAL is a number in OVR and text in LAST. Make it the same in all, "
                "e.g. set: {AVAL: {number: AVAL}}"
            ),
        ),
        (
            "set: {ADT: {constant: 2024-01-01}}",
            (
                "ADT is a date in OVR and text in LAST. Make it a date in all, "
                "e.g. set: {ADT: {analysis_date: ADT}}"
            ),
        ),
        ("set: {ADT: {copy: AVAL}}", "ADT is a date in OVR and a number in LAST"),
        (
            "summarize: {by: [USUBJID], columns: {AVALC: count, AVAL: max}}",
            (
                "AVALC is text in OVR and a number in LAST. Make it the same in all, "
                "e.g. set: {AVALC: {number: AVALC}}"
            ),
        ),
    ],
)
def test_parameters_that_mix_kinds_are_named(folder, set_, message) -> None:
    folder.change("mappings/adam/adrs.yaml", "    from: OVR\n", f"    from: OVR\n    {set_}\n")
    assert told(folder) == [f"mappings/adam/adrs.yaml:9:3 LAST: {message}"]


def test_a_column_that_nothing_reads_may_mix(folder) -> None:
    folder.change("mappings/adam/adrs.yaml", "  AVAL: {copy: AVAL}\n", "")
    text = "    from: OVR\n    set: {AVAL: {copy: AVALC}}\n"
    folder.change("mappings/adam/adrs.yaml", "    from: OVR\n", text)
    assert told(folder) == []


STACK = "rows: {stack: [{from: ae}, {from: OTHER, set: {SITE: {number: SITE}}}]}"


@pytest.mark.parametrize("other", ["ae", "demo"])
def test_parts_of_a_stack_that_mix_kinds_are_told(folder, other) -> None:
    folder.change(
        "mappings/sdtm/ae.yaml",
        "rows:\n  from: ae\n  where: not missing(TERM)",
        STACK.replace("OTHER", other),
    )
    folder.change(
        "mappings/sdtm/ae.yaml",
        "  AETERM: {copy: TERM}",
        "  AETERM: {copy: TERM}\n  AELOC: {copy: SITE}",
    )
    errors = [error for error in told(folder) if "SITE is" in error]
    assert errors == [
        (
            "mappings/sdtm/ae.yaml:3:28: SITE is text in one part and a number in another. "
            "Make it the same in all, e.g. set: {SITE: {number: SITE}}"
        )
    ]


def test_what_a_source_has_whose_columns_are_not_listed_is_left_to_the_run(folder) -> None:
    folder.change(
        "mappings/sdtm/ae.yaml",
        "rows:\n  from: ae\n  where: not missing(TERM)",
        "rows: {stack: [{from: open}, {from: ae, set: {SITE: {number: SITE}}}]}",
    )
    folder.change(
        "mappings/sdtm/ae.yaml",
        "  AETERM: {copy: TERM}",
        "  AETERM: {copy: TERM}\n  AELOC: {copy: SITE}",
    )
    assert [error for error in told(folder) if "SITE is" in error] == []


def test_an_unpivot_that_mixes_kinds_is_told(folder) -> None:
    folder.change(
        "mappings/sdtm/ae.yaml",
        "rows:\n  from: ae\n  where: not missing(TERM)",
        "rows:\n  from: ae\n  set: {N: {number: SITE}}\n"
        "  unpivot: {name: CODE, columns: [VALUE], each: {A: {VALUE: SITE}, B: {VALUE: N}}}",
    )
    assert told(folder) == [
        (
            "mappings/sdtm/ae.yaml:6:12: VALUE takes text from one column and numbers from "
            "another. Make them all numbers before, e.g. set: {COLUMN: {number: COLUMN}}"
        )
    ]


def test_a_selection_with_no_date_is_told_where_it_is_written_and_once(folder) -> None:
    folder.change(
        "mappings/adam/adtte.yaml",
        "rows: ADSL",
        "selections:\n  RESPONSE: {from: ADRS, date: AVALC}\nrows: ADSL",
    )
    folder.change(
        "mappings/adam/adtte.yaml",
        'events: [{of: {from: ADRS, where: PARAMCD == "OVR", date: ADT}, describe: Progression}]',
        "events: [{of: RESPONSE, describe: Response}, {of: RESPONSE, describe: Another}]",
    )
    message = "date must be a date; ADRS.AVALC is text that is none"
    assert told(folder) == [f"mappings/adam/adtte.yaml:5:3 RESPONSE: {message}. {DATES}"]


def test_a_number_with_the_format_of_a_date_is_a_date(folder) -> None:
    first = (
        "FIRSTD: {baseline_value: {of: ADT, by: [USUBJID], baseline: AVAL == 1}, type: Num, "
        "label: First, format: DATE9.}"
    )
    folder.change(
        "mappings/adam/adtte.yaml",
        "  ADY: {analysis_day: {date: ADT, reference: ADSL.TRTSDT}}",
        f"  {first}\n  ADY: {{analysis_day: {{date: ADT, reference: FIRSTD}}}}",
    )
    assert told(folder) == []


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("summarize: {by: [STUDYID, USUBJID, AESTDTC], columns: {AEOUT: max}}", ""),
        ("summarize: {by: [STUDYID, USUBJID, AESTDTC], columns: {AEOUT: first}}", "text"),
        ("unpivot: {name: T, columns: [AEOUT], each: {A: {AEOUT: AESEQ}}}", ""),
        ("set: {AEOUT: {number: AEOUT}}", ""),
    ],
)
def test_new_records_are_made_of_what_the_steps_before_have_made(folder, start, said) -> None:
    made = "concentration: AEOUT, below_limit: AEOUT == 0, time: AESTDTC, reference: AESTDTC"
    folder.change(
        "mappings/adam/adtte.yaml",
        "    derive:\n      time_to_event:\n        start: TRTSDT\n"
        '        events: [{of: {from: ADRS, where: PARAMCD == "OVR", date: ADT}, '
        "describe: Progression}]",
        f"    from: AE\n    {start}\n    derive: {{noncompartmental: {{{made}}}}}",
    )
    found = [error for error in told(folder) if "concentration" in error]
    assert [f"AEOUT is {said}" in error for error in found] == ([True] if said else [])
