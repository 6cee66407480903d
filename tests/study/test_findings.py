"""Every finding of the build is explained by dirt that was put in, and all such dirt is found."""

from collections import defaultdict

from cdisc.model import Severity

# What each rule may say of a dataset, and the case of dirt that explains it.
EXPLAINED = {
    ("AE", "rows.duplicate_dropped"): "D24",
    ("AE", "lookup.none"): "D08",
    ("AE", "codelist_term.unmatched"): "D08",
    ("AE", "epoch.undecided"): "D01",
    ("AE", "element_order.undecided"): "D01",
    ("DM", "codelist_term.unmatched"): "D08",
    ("DS", "codelist_term.unmatched"): "D08",
    ("DS", "epoch.undecided"): ("D01", "D12"),
    ("LB", "rows.duplicate_dropped"): "D03",
    ("LB", "sequence.keys_not_unique"): "D03",
    ("LB", "recode.missing"): "D06",
    ("LB", "codelist_term.unmatched"): "D07",
    ("LB", "standard_text.unknown_unit"): "D07",
    ("LB", "standard_number.unknown_unit"): "D07",
    ("TU", "lookup.none"): "D13",
    # History and other treatment.
    ("MH", "codelist_term.unmatched"): "D08",
    ("CM", "rows.duplicate_dropped"): "D03",
    ("CM", "sequence.keys_not_unique"): "D03",
    ("CM", "iso8601.ambiguous"): "D02",
    ("CM", "lookup.none"): "D08",
    ("CM", "codelist_term.unmatched"): "D08",
    ("CM", "epoch.undecided"): "D01",
    ("CM", "element_order.undecided"): "D01",
    ("PR", "epoch.undecided"): "D01",
    ("PR", "element_order.undecided"): "D01",
    ("VS", "standard_text.no_unit"): "D07",
    ("VS", "standard_number.no_unit"): "D07",
    ("EG", "recode.unmapped"): "D08",
    ("RS", "recode.unmapped"): "D08",
}


def of_the_cut(rule):
    """What the data cut tells is held against the raw files in test_cut.py."""
    return rule.startswith("cut.")


def places(findings):
    """The raw records that each rule names, by dataset and rule."""
    found = defaultdict(set)
    for finding in findings:
        assert finding.count == len(finding.occurrences)
        for occurrence in finding.occurrences:
            found[finding.dataset, finding.rule].add((occurrence.file, occurrence.row))
    return found


def test_every_finding_has_a_known_reason(built):
    odd = [
        finding
        for finding in built.findings
        if (finding.dataset, finding.rule) not in EXPLAINED and not of_the_cut(finding.rule)
    ]
    assert [str(finding) for finding in odd] == []


def test_every_finding_is_about_a_record_made_dirty(built, injected):
    dirty = defaultdict(set)
    for cell in injected:
        dirty[cell["case"]].add((cell["file"], int(cell["row"])))
    unexplained = []
    for (dataset, rule), found in places(built.findings).items():
        if of_the_cut(rule):
            continue
        for file, row in found:
            # Of two results of one specimen both are named, also the one before the one put in.
            near = {(file, row)}
            if rule == "sequence.keys_not_unique":
                near.add((file, row + 1))
            cases = EXPLAINED[dataset, rule]
            cases = (cases,) if isinstance(cases, str) else cases
            if not any(near & dirty[case] for case in cases):
                unexplained.append((dataset, rule, file, row))
    assert unexplained == []


def test_dirt_that_cannot_be_mended_is_found(built, injected):
    found = places(built.findings)

    def rows(case, file, column):
        return {
            (cell["file"], int(cell["row"]))
            for cell in injected
            if (cell["case"], cell["file"], cell["column"]) == (case, file, column)
        }

    assert found["AE", "rows.duplicate_dropped"] == rows("D24", "ae.csv", "AENO")
    assert found["AE", "lookup.none"] == rows("D08", "ae.csv", "AETERM")
    assert found["AE", "codelist_term.unmatched"] == rows("D08", "ae.csv", "ACN_MSC")
    assert found["LB", "codelist_term.unmatched"] == rows("D07", "lab_local.csv", "UNIT")
    assert found["LB", "standard_number.unknown_unit"] == rows("D07", "lab_local.csv", "UNIT")
    assert found["TU", "lookup.none"] == {min(rows("D13", "tl.csv", "LESNO"))}
    assert found["DM", "codelist_term.unmatched"] == {("edc_odm.xml", 20)}
    assert found["DS", "codelist_term.unmatched"] == rows("D08", "disp.csv", "REASON")
    assert found["EG", "recode.unmapped"] == rows("D08", "ecg.csv", "INTERP")
    assert found["RS", "recode.unmapped"] == rows("D08", "ecog.csv", "SCORE")


def test_what_was_dropped_by_rule_is_a_warning_and_what_is_lost_an_error(built):
    severities = {finding.rule: finding.severity for finding in built.findings}
    assert severities["rows.duplicate_dropped"] is Severity.WARNING
    assert severities["lookup.none"] is Severity.ERROR
    assert severities["standard_number.unknown_unit"] is Severity.ERROR
