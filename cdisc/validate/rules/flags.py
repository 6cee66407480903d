"""Flags of analysis datasets: which values they may have, and the number beside each."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from cdisc.model import Severity
from cdisc.standards.flags import PARTS
from cdisc.validate.columns import Column, missing
from cdisc.validate.facts import Facts
from cdisc.validate.rule import Check, Evidence, Mask, Rule
from cdisc.validate.rules.terminology import not_in

POPULATIONS = frozenset({"COMPLFL", "ENRLFL", "FASFL", "ITTFL", "PPROTFL", "RANDFL", "SAFFL"})
"""Population flags that say Y or N of every subject (ADaMIG 1.3, section 3.2)."""

_OF_RECORDS = re.compile(r"ABLFL|ANL\d\dFL|AOCC\w*FL|FUPFL|LVOTFL|ONTRTFL|PREFL|TRTEMFL")
_NUMBERS = {"Y": 1.0, "N": 0.0}


def not_a_flag(values: Column, terms: tuple[str, ...]) -> Mask:
    """Records whose value is present and none of the terms."""
    return not_in(values, list(terms))


def not_yes_or_no(values: Column) -> Mask:
    """Records whose value is not Y or N; a missing one fails too."""
    return not_a_flag(values, ("Y", "N")) | missing(values)


def not_the_number(flags: Column, numbers: Column) -> Mask:
    """Records whose number is not 1 where the flag is Y, 0 where it is N, missing where it is."""
    wanted = flags.map(_NUMBERS).to_numpy(dtype=np.float64, na_value=np.nan)
    given = numbers.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray((wanted != given) & ~(np.isnan(wanted) & np.isnan(given)), dtype=bool)


def _value(evidence: Evidence) -> Mask:
    return not_a_flag(evidence.column, ("Y", "N"))


def _record(evidence: Evidence) -> Mask:
    return not_a_flag(evidence.column, ("Y",))


def _population(evidence: Evidence) -> Mask:
    return not_yes_or_no(evidence.column)


def _number(evidence: Evidence) -> Mask:
    flag, number = evidence.variables
    return not_the_number(evidence.frame[flag], evidence.frame[number])


RULES = (
    Rule(
        id="FLAG.VALUE",
        severity=Severity.ERROR,
        title="Flag is not Y, N or null",
        description="A variable whose name ends in FL says Y, N or nothing.",
        message="{0!r} in {variable} is not Y, N or null",
        reference="ADaMIG 1.3, section 3.1; ADaM Conformance Rules 5.0, 5",
        kernel=_value,
        each=True,
    ),
    Rule(
        id="FLAG.RECORD",
        severity=Severity.ERROR,
        title="Flag of records is not Y or null",
        description="A flag that picks records (baseline, first occurrence, ...) is Y or null.",
        message="{0!r} in {variable} is not Y or null",
        reference="ADaMIG 1.3, section 3.3; ADaM Conformance Rules 5.0, 176, 178, 269 to 272",
        kernel=_record,
        each=True,
    ),
    Rule(
        id="FLAG.POPULATION",
        severity=Severity.ERROR,
        title="Population flag is not Y or N",
        description="A population flag of ADSL says of every subject whether the subject is.",
        message="{0!r} in {variable} is not Y or N",
        reference="ADaMIG 1.3, section 3.2; ADaM Conformance Rules 5.0, 19 to 25",
        kernel=_population,
        each=True,
    ),
    Rule(
        id="FLAG.NUMBER",
        severity=Severity.ERROR,
        title="Number of a flag does not go with it",
        description="Where a flag has a number, 1 stands for Y, 0 for N, and null for null.",
        message="{numbers} {1!r} does not go with {flags} {0!r}",
        reference="ADaMIG 1.3, section 3.1; ADaM Conformance Rules 5.0, 6, 10 to 12",
        kernel=_number,
    ),
)


def checks(facts: Facts) -> Iterator[Check]:
    """The flags of one analysis dataset."""
    if facts.tabulation:
        return
    flags = [name for name in facts.texts if name.endswith("FL")]
    # a flag whose codelist has no other terms is held to that
    listed = {v.name: v.codelist for v in facts.dataset.variables if v.codelist in PARTS.values()}
    populations = POPULATIONS if facts.name == "ADSL" else frozenset()
    kinds = {
        "FLAG.POPULATION": [name for name in flags if name in populations],
        "FLAG.RECORD": [name for name in flags if _OF_RECORDS.fullmatch(name)],
    }
    special = {name for names in kinds.values() for name in names} | set(listed)
    kinds["FLAG.RECORD"] = [n for n in kinds["FLAG.RECORD"] if listed.get(n) != PARTS[("Y",)]]
    kinds["FLAG.VALUE"] = [name for name in flags if name not in special]
    for rule, names in kinds.items():
        if names:
            yield Check(rule=rule, dataset=facts.name, variables=tuple(names))
    numbers = {v.name for v in facts.dataset.variables if v.type == "Num"}
    for name in flags:
        number = f"{name.removesuffix('L')}N"
        if number in numbers:
            yield Check(
                rule="FLAG.NUMBER",
                dataset=facts.name,
                variables=(name, number),
                params={"flags": name, "numbers": number},
            )
