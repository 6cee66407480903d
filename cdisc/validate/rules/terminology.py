"""Whether values are terms of their codelists."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cdisc.errors import did_you_mean
from cdisc.model import Codelist, Severity, Variable
from cdisc.validate.columns import Column, as_mask, test_distinct
from cdisc.validate.facts import Facts
from cdisc.validate.rule import Check, Evidence, Mask, Rule

RESULTS = ("ORRES", "STRESC")
# A codelist of results holds the coded ones; a measured result is no term: 5.2, <0.5, 10-20.
NUMERIC_RESULT = r"^\s*(?:[<>]=?|[≤≥])?\s*[+-]?[\d.]+(?:\s*-\s*[\d.]+)?\s*$"


def not_in(values: Column, terms: Collection[str]) -> Mask:
    """Records whose value is present and not, to the letter, one of the terms."""
    wanted = pa.array(sorted(terms), type=pa.large_string())

    def unlisted(distinct: pa.Array) -> Mask:
        return ~as_mask(pc.is_in(distinct, value_set=wanted))

    return test_distinct(values, unlisted)


def _terms(evidence: Evidence) -> list[str]:
    names: Sequence[str] = evidence.params["codelists"]
    return [term.value for name in names for term in evidence.codelists[name].terms]


def _not_in_codelists(evidence: Evidence) -> Mask:
    failing = not_in(evidence.column, _terms(evidence))
    if evidence.params.get("numbers") == "pass":
        failing &= ~test_distinct(evidence.column, _numbers)
    return failing


def _numbers(distinct: pa.Array) -> Mask:
    return as_mask(pc.match_substring_regex(distinct, NUMERIC_RESULT))


def _nearest_term(evidence: Evidence, value: str) -> str:
    return did_you_mean(value.strip(), _terms(evidence))


RULES = (
    Rule(
        id="CT.TERM",
        severity=Severity.ERROR,
        title="Value is not in its codelist",
        description="A variable with a codelist that cannot be extended holds its terms only.",
        message="{0!r} is not in codelist {codelist}",
        reference="SDTMIG 3.4, section 4.3",
        kernel=_not_in_codelists,
        hint=_nearest_term,
    ),
    Rule(
        id="CT.EXTENSION",
        severity=Severity.WARNING,
        title="Value extends its codelist without being declared",
        description="A term that a sponsor adds to an extensible codelist is declared as such.",
        message="{0!r} is not in codelist {codelist} and not declared as its extension",
        reference="SDTMIG 3.4, section 4.3; Define-XML 2.1, section 4.6",
        kernel=_not_in_codelists,
        hint=_nearest_term,
    ),
)


def checks(facts: Facts) -> Iterator[Check]:
    """One check for each variable, and each value level, that has a codelist."""
    for variable in facts.dataset.variables:
        if variable.type == "Char":
            yield from _of_variable(facts, variable)


def _of_variable(facts: Facts, variable: Variable) -> Iterator[Check]:
    standard = facts.standard.get(variable.name)
    names: tuple[str, ...] = (variable.codelist,) if variable.codelist else ()
    if not names and not variable.values and standard is not None:
        names = standard.codelists
    yield from _check(facts, variable.name, names, {})
    for level in variable.values:
        # a level that only repeats the variable's codelist has been asked already
        if level.codelist and level.codelist not in names:
            where = [
                {"variable": c.variable, "comparator": c.comparator, "values": list(c.values)}
                for c in level.where
            ]
            yield from _check(facts, variable.name, (level.codelist,), {"where": where})


def _check(
    facts: Facts, variable: str, names: Sequence[str], params: dict[str, Any]
) -> Iterator[Check]:
    found = [codelist for name in names if (codelist := facts.codelist(name)) is not None]
    # With a codelist that is not at hand nothing can be said of the values, nor with an open one.
    if not found or len(found) < len(names) or any(c.open for c in found):
        return
    yield Check(
        rule="CT.EXTENSION" if any(c.extensible for c in found) else "CT.TERM",
        dataset=facts.name,
        variables=(variable,),
        params={
            "codelist": " or ".join(c.name for c in found),
            "codelists": [c.name for c in found],
            **({"numbers": "pass"} if variable.endswith(RESULTS) else {}),
            **params,
        },
    )


def codelists_of(
    checks_: Iterable[Check], find: Callable[[str], Codelist | None]
) -> dict[str, Codelist]:
    """The codelists that checks refer to, by name, in the order of their names."""
    names = sorted({name for check in checks_ for name in check.params.get("codelists", ())})
    return {name: codelist for name in names if (codelist := find(name)) is not None}
