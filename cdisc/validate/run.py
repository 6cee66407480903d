"""Run checks on a dataset: kernels, grouping, and findings with the records they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Literal, TypeAlias, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from cdisc.algorithms.columns.coded import coded
from cdisc.errors import Location, UsageError, did_you_mean
from cdisc.model import Codelist, Dataset, Finding, Occurrence, Severity, merge_findings
from cdisc.validate.columns import arrow_text, is_text, show
from cdisc.validate.grouping import (
    failures_by_value,
    first_in_frame,
    one_failure,
    select,
)
from cdisc.validate.rule import Check, Evidence, Failure, Mask, Rule, Statement
from cdisc.validate.rules import RULES

Reach: TypeAlias = Literal["subjects", "all", "dataset"]
FirstOf: TypeAlias = Callable[[str, npt.NDArray[np.int64]], npt.NDArray[np.int64]]
Locate: TypeAlias = Callable[[str, npt.NDArray[np.int64]], Sequence[Occurrence]]

NOT_RUN = Rule(
    id="CHECK.NOT_RUN",
    severity=Severity.ERROR,
    title="Check could not be run",
    description="A check needs a variable, a dataset or a codelist that is not there.",
    message="check {rule} was not run: {reason}",
    reference="",
    kernel=lambda _evidence: (),
    grain="dataset",
)
FAILED = Rule(
    id="CHECK.FAILED",
    severity=Severity.ERROR,
    title="Check broke off",
    description="A check of a suite ended with an error of its own, so nothing is known.",
    message="check {rule} broke off: {reason}",
    reference="",
    kernel=lambda _evidence: (),
    grain="dataset",
)


def run_checks(
    dataset: Dataset,
    checks: Sequence[Check],
    *,
    others: Mapping[str, Dataset] | None = None,
    codelists: Mapping[str, Codelist] | None = None,
    locate: Locate | None = None,
    at: Mapping[str, Location] | None = None,
    first: FirstOf | None = None,
) -> list[Finding]:
    """Findings of the checks on one dataset, grouped by value, counted and sorted.

    Args:
        dataset: The dataset under test.
        checks: What to ask; those made for another dataset are left out.
        others: The datasets of the study that checks look up, by name.
        codelists: The codelists that checks refer to, by name.
        locate: Gives the raw records of a dataset's rows (0-based); without it an occurrence has
            the subject and the record keys, and no file.
        at: The place in the spec of each variable; of the dataset under the empty name.
        first: Chooses of many failing rows those to tell of, 1,000 or some more; without it they
            are the first in the frame.

    Raises:
        UsageError: a check names a rule that does not exist.
    """
    findings: list[Finding] = []
    for check in checks:
        if check.dataset == dataset.name:
            failures = failures_of(check, dataset, others or {}, codelists or {}, first)
            findings += findings_of(check, failures, dataset, locate=locate, at=at)
    return merge_findings(findings)


def rule_of(check: Check) -> Rule:
    """The rule of a check. Raises UsageError when there is none of that name."""
    if check.rule not in RULES:
        raise UsageError(
            f"there is no rule {check.rule!r}", hint=did_you_mean(check.rule, list(RULES))
        )
    return RULES[check.rule]


def reach_of(check: Check) -> Reach:
    """What a check must see: records of some subjects, of all, or only what a dataset is like.

    Raises UsageError when there is no rule of that name.
    """
    rule = rule_of(check)
    if rule.grain == "dataset":
        return "dataset"
    return "all" if rule.across(check) else "subjects"


def failures_of(
    check: Check,
    dataset: Dataset,
    others: Mapping[str, Dataset],
    codelists: Mapping[str, Codelist],
    first: FirstOf | None = None,
) -> list[Failure]:
    """The failures of one check: kernel and grouping, without the records' origins."""
    rule = rule_of(check)
    reason = _absent(check, rule, others, codelists)
    if reason:
        return [_not_run(check, "", reason)]
    if rule.grain == "dataset":
        return list(_dataset_failures(check, rule, dataset, others, codelists))
    asked = tuple(c["variable"] for c in check.params.get("where", ()))
    if rule.texts is not None and not _any_fails(rule.texts, dataset.frame, check.variables, asked):
        return []
    found: list[Failure] = []
    for variables in [(name,) for name in check.variables] if rule.each else [check.variables]:
        needed = [*variables, *asked]
        gone = [name for name in needed if name not in dataset.frame.columns]
        if gone:
            reason = f"{dataset.name} has no variable {', '.join(gone)}"
            found.append(_not_run(check, gone[0], reason))
            continue
        evidence = Evidence(
            dataset=dataset,
            variables=variables,
            params=check.params,
            others=others,
            codelists=codelists,
        )
        found += _row_failures(rule, evidence, first)
    return found


def _any_fails(
    fails: Callable[[pa.Array], Mask],
    frame: pd.DataFrame,
    variables: Sequence[str],
    needed: Sequence[str],
) -> bool:
    """Whether a text of the variables fails, or one of them or `needed` ones is not there."""
    if not all(name in frame.columns for name in (*variables, *needed)):
        return True
    columns = [frame[name] for name in variables if is_text(frame[name])]
    texts = [coded(arrow_text(column)).texts for column in columns]
    return bool(texts) and bool(fails(pa.concat_arrays(texts)).any())


def _absent(
    check: Check, rule: Rule, others: Mapping[str, Dataset], codelists: Mapping[str, Codelist]
) -> str:
    for parameter in rule.needs:
        if check.params[parameter] not in others:
            return f"dataset {check.params[parameter]} is not there"
    for name in check.params.get("codelists", ()):
        if name not in codelists:
            return f"codelist {name} is not there"
    return ""


def _not_run(check: Check, variable: str, reason: str) -> Failure:
    message = NOT_RUN.message.format(rule=check.rule, reason=reason)
    return Failure(message=message, variable=variable, rule=NOT_RUN.id)


def _dataset_failures(
    check: Check,
    rule: Rule,
    dataset: Dataset,
    others: Mapping[str, Dataset],
    codelists: Mapping[str, Codelist],
) -> Iterator[Failure]:
    evidence = Evidence(
        dataset=dataset,
        variables=check.variables,
        params=check.params,
        others=others,
        codelists=codelists,
    )
    for statement in cast("Sequence[Statement]", rule.kernel(evidence)):
        fields = {"dataset": dataset.name, "variable": statement.variable, **statement.says}
        yield Failure(
            message=rule.message.format(**fields),
            variable=statement.variable,
            hint=statement.hint,
        )


def _row_failures(rule: Rule, evidence: Evidence, first: FirstOf | None) -> Iterator[Failure]:
    mask = cast("Mask", rule.kernel(evidence))
    where = evidence.params.get("where")
    if where:
        mask = mask & select(evidence.frame, where)
    if not mask.any():
        return
    fields: dict[str, Any] = {
        **evidence.params,
        "dataset": evidence.dataset.name,
        "variable": evidence.variables[0],
        "variables": ", ".join(evidence.variables),
    }
    variable = "" if rule.of_record else evidence.variables[0]
    chosen = partial(first, evidence.dataset.name) if first else first_in_frame
    if rule.grain == "rows":
        yield from one_failure(mask, rule.message.format(**fields), variable, chosen)
        return
    suggest = rule.hint
    yield from failures_by_value(
        mask,
        evidence.frame[list(evidence.variables[: rule.shown])],
        variable=variable,
        message=lambda cells: rule.message.format(*cells, **fields),
        hint=lambda value: suggest(evidence, value) if suggest else "",
        first=chosen,
    )


def findings_of(
    check: Check,
    failures: Sequence[Failure],
    dataset: Dataset,
    *,
    locate: Locate | None = None,
    at: Mapping[str, Location] | None = None,
) -> list[Finding]:
    """Findings for the failures of one check; the records of all are located in one call."""
    places = at or {}
    lengths = [len(failure.rows) for failure in failures]
    rows = np.array([row for failure in failures for row in failure.rows], dtype=np.int64)
    found = (locate or locator(dataset))(dataset.name, rows) if rows.size else ()
    ends = np.cumsum(lengths).tolist()
    return [
        Finding(
            rule=failure.rule or check.rule,
            severity=Severity.ERROR if failure.rule else rule_of(check).severity,
            message=failure.message,
            dataset=dataset.name,
            variable=failure.variable,
            value=failure.value,
            hint=failure.hint,
            at=places.get(failure.variable, places.get("", Location())),
            count=failure.count,
            occurrences=tuple(found[end - length : end]),
        )
        for failure, length, end in zip(failures, lengths, ends, strict=True)
    ]


def locator(dataset: Dataset) -> Locate:
    """A `Locate` that knows the dataset only: the subject and the keys of a record, no file."""
    keys = [name for name in dataset.keys if name in dataset.frame.columns]
    by_subject = "USUBJID" in dataset.frame.columns

    def locate(_name: str, rows: npt.NDArray[np.int64]) -> list[Occurrence]:
        part: pd.DataFrame = dataset.frame.iloc[rows]
        subjects = part["USUBJID"].tolist() if by_subject else [None] * len(part)
        cells = [[show(cell) or "" for cell in part[name].tolist()] for name in keys]
        records = list(zip(*cells, strict=True)) if cells else [()] * len(part)
        return [
            Occurrence(usubjid=show(subject) or "", keys=tuple(zip(keys, record, strict=True)))
            for subject, record in zip(subjects, records, strict=True)
        ]

    return locate
