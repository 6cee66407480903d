"""Codes and controlled terms: recoding, matching a codelist, the other term of a pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pandas as pd

from cdisc.algorithms.arguments import Column, Issue, Result, Terms, default
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.numbers import canonical_code
from cdisc.algorithms.columns.uniques import Distinct, distinct
from cdisc.algorithms.registry import algorithm
from cdisc.errors import UsageError, did_you_mean
from cdisc.model import Codelist, Severity

# Looking for the nearest of thousands of lab tests takes longer than the run it would explain.
_MOST_TERMS_TO_SEARCH = 300


def _recode_method(texts: Mapping[str, str]) -> str:
    text = f"{texts['from']} recoded: {texts['to']}."
    if texts.get("missing_as"):
        text += f" When missing: {texts['missing_as']}."
    kept = texts.get("if_unmapped") == "keep"
    return f"{text} Other values {'stay as collected' if kept else 'give null'}."


@algorithm(main="from", origin="Carried", method=_recode_method, gives="text")
def recode(
    from_: Column,
    to: Mapping[str, str],
    if_missing: Literal["missing", "finding"],
    if_unmapped: Literal["finding", "missing", "keep"],
    missing_as: str | None = None,
) -> Result:
    """The text that a map gives for each collected code.

    1. Look the value up exactly as collected; upper and lower case differ.
    2. Otherwise look it up as a number without trailing zeros: `1.0` is `1`, `01` is not.

    Missing: gives `missing_as`, else a missing value; with `if_missing: finding` a finding too.
    Unmapped: `finding` gives a missing value and a finding, `missing` a missing value, `keep`
    the value as collected and a finding. An empty text in the map means missing.
    Source: the codes of the source's own data dictionary.
    Example: from `1`, to {1: UNRELATED, 2: POSSIBLE} gives UNRELATED.

    Args:
        from_: the collected code.
        to: what to write for each code.
        if_missing: what to make of a missing code.
        if_unmapped: what to make of a code that the map does not have.
        missing_as: text to write where the code is missing.
    """
    canonical: dict[str, str] = {}
    for key, value in to.items():
        if canonical.setdefault(canonical_code(key), value) != value and key not in canonical:
            raise UsageError(f"recode: {key} and {canonical_code(key)} are the same code")
    values = distinct(from_)
    mapped = [to.get(text, canonical.get(canonical_code(text))) for text in values.texts]
    unmapped = [value is None for value in mapped]
    if if_unmapped == "keep":
        mapped = [t if v is None else v for t, v in zip(values.texts, mapped, strict=True)]
    result = values.text(mapped)
    if missing_as is not None:
        result = result.mask(values.missing, missing_as)
    issues: tuple[Issue, ...] = ()
    if if_missing == "finding":
        issues += issue("recode.missing", "there is no code", values.missing)
    if if_unmapped != "missing":
        kept = " and is kept as collected" if if_unmapped == "keep" else ""
        issues += _by_hint(
            "recode.unmapped",
            "{value} has no mapping" + kept,
            values,
            unmapped,
            from_,
            severity=Severity.WARNING if kept else Severity.ERROR,
            known=list(to),
        )
    return Result(result, issues)


def _codelist_method(texts: Mapping[str, str]) -> str:
    listed = texts.get("list", "variable")
    name = "the codelist of the variable" if listed == "variable" else f"codelist {listed}"
    upper = ", in upper case" if texts.get("upper") == "yes" else ""
    return f"{texts['from']}{upper} as the submission value of {name}."


@algorithm(main="from", origin="Carried", method=_codelist_method, gives="text")
def codelist_term(
    from_: Column,
    list_: Terms = default("variable"),
    upper: bool = False,
    if_missing: Literal["missing", "finding"] = "missing",
) -> Result:
    """The submission value of the term that a collected text names.

    1. Match the text, exactly and case-sensitively, with the submission values.
    2. Otherwise with the codes that `define/codelists.yaml` says are collected for the terms
       (`1.0` is `1`), then with the terms' decodes, then with their synonyms.
    3. With `upper: true` the text is put in upper case before matching, the terms too.

    Missing: stays missing; with `if_missing: finding` there is a finding.
    Unmatched: a closed codelist gives a missing value and a finding; an extensible one keeps
    the text as collected, with a finding. A decode or synonym that several terms share matches
    none of them.
    Source: SDTMIG 3.4, section 4.3 (controlled terminology); NCI EVS.
    Example: from `Female`, list SEX gives F by its decode.

    Args:
        from_: the collected text.
        list_: the codelist; the variable's own unless given.
        upper: whether case is ignored, and what is kept is in upper case.
        if_missing: what to make of a missing text.
    """
    values = distinct(from_)
    spoken = [text.upper() if upper else text for text in values.texts]
    found, shared = _match(list_, spoken, upper)
    absent = [value is None for value in found]
    if list_.extensible:
        found = [t if v is None else v for t, v in zip(spoken, found, strict=True)]
    severity = Severity.WARNING if list_.extensible else Severity.ERROR
    several = [a and t in shared for a, t in zip(absent, spoken, strict=True)]
    unmatched = [a and not s for a, s in zip(absent, several, strict=True)]
    kept = " and is kept as collected" if list_.extensible else ""
    issues = _by_hint(
        "codelist_term.unmatched",
        f"{{value}} is not in codelist {list_.name}{kept}",
        values,
        unmatched,
        from_,
        severity=severity,
        known=[term.value for term in list_.terms],
    )
    issues += issue(
        "codelist_term.ambiguous",
        f"{{value}} names several terms of codelist {list_.name}{kept}",
        values.flags(several),
        from_,
        severity=severity,
    )
    if if_missing == "finding":
        issues += issue("codelist_term.missing", "there is no value", values.missing)
    return Result(values.text(found), issues)


def _match(terms: Codelist, texts: Sequence[str], upper: bool) -> tuple[list[str | None], set[str]]:
    """The submission value of each text, or None; and the names that several terms share."""
    tiers: list[dict[str, set[str]]] = [{}, {}, {}, {}]
    for term in terms.terms:
        spoken = ((term.value,), term.collected, (term.decode,), term.synonyms)
        for tier, names in enumerate(spoken):
            for name in filter(None, names):
                key = name.upper() if upper else name
                tiers[tier].setdefault(key, set()).add(term.value)
    found: list[str | None] = []
    shared: set[str] = set()
    for text in texts:
        known = (text, canonical_code(text))
        named = next((tier[key] for tier in tiers for key in known if key in tier), set[str]())
        found.append(next(iter(named)) if len(named) == 1 else None)
        if len(named) > 1:
            shared.add(text)
    return found, shared


@algorithm(
    main="code",
    origin="Carried",
    method="Term of {names} with the NCI code of the term {code} in {codes}.",
    gives="text",
)
def paired_term(code: Column, codes: Terms, names: Terms) -> Result:
    """The term of one codelist that belongs to a term of another.

    1. Find the submission value in `codes`.
    2. Take the term of `names` that has the same NCI C-code.

    Missing: stays missing. A value not in `codes`, or whose C-code is not in `names`, gives a
    missing value and a finding.
    Source: SDTMIG 3.4, section 4.5.3 (--TESTCD and --TEST as one pair); NCI EVS C-codes.
    Example: code ALB, codes LBTESTCD, names LBTEST gives Albumin.

    Args:
        code: submission value of the first codelist.
        codes: the codelist it belongs to.
        names: the codelist of the term to give.
    """
    by_code = {term.code: term.value for term in reversed(names.terms) if term.code}
    pairs = {term.value: by_code.get(term.code) for term in codes.terms}
    values = distinct(code)
    found = [pairs.get(text) for text in values.texts]
    issues = _by_hint(
        "paired_term.unmatched",
        f"{{value}} of codelist {codes.name} has no pair in {names.name}",
        values,
        [value is None for value in found],
        code,
        severity=Severity.ERROR,
        known=list(pairs),
    )
    return Result(values.text(found), issues)


def _by_hint(
    rule: str,
    message: str,
    values: Distinct,
    where: Sequence[bool],
    column: pd.Series[Any],
    *,
    severity: Severity,
    known: Sequence[str],
) -> tuple[Issue, ...]:
    """Issues for the distinct texts marked, one for each hint, so that each names its own term."""
    hints: dict[str, set[str]] = {}
    for text, marked in zip(values.texts, where, strict=True):
        if marked:
            hints.setdefault(_hint(text, known), set()).add(text)
    issues: tuple[Issue, ...] = ()
    for hint in sorted(hints):
        rows = values.flags([text in hints[hint] for text in values.texts])
        issues += issue(rule, message, rows, column, severity=severity, hint=hint)
    return issues


def _hint(text: str, known: Sequence[str]) -> str:
    """The nearest known term; in a long list only one that differs by case and blanks.

    What is found depends on the text and the list alone, so that partitions agree.
    """
    if len(known) <= _MOST_TERMS_TO_SEARCH:
        return did_you_mean(text.strip(), known)
    folded = text.strip().casefold()
    near = sorted(term for term in known if term.casefold() == folded)
    return f"Did you mean {near[0]}?" if near else ""
