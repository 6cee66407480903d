"""Expectation suites: the checks of a dataset as great_expectations JSON, and read back.

A suite stands on its own: its expectations are the checks, its `meta.codelists` the terms they
refer to, once a suite and not once an expectation. Ids are derived from content, so that the same
checks give the same bytes.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from cdisc.errors import Location, SourceError, SpecError, did_you_mean
from cdisc.model import Codelist, Severity, Term
from cdisc.validate.rule import Check
from cdisc.validate.rules import RULES
from cdisc.validate.run import rule_of

Suite: TypeAlias = dict[str, Any]

EXPECTATION = "expect_cdisc_rule_to_hold"
# great_expectations has its own words for severity; only the worst differs.
GX_SEVERITY = {
    Severity.ERROR: "critical",
    Severity.WARNING: "warning",
    Severity.INFO: "info",
}
_IDS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:cdisc:expectation-suite")


def suite_for(
    dataset: str, checks: Sequence[Check], codelists: Mapping[str, Codelist] | None = None
) -> Suite:
    """The great_expectations suite of one dataset's checks, as plain JSON values.

    Raises:
        UsageError: a check names a rule that does not exist.
    """
    used = {n for check in checks for n in check.params.get("codelists", ())}
    known = {name: c for name, c in (codelists or {}).items() if name in used}
    return {
        "name": dataset.lower(),
        "id": str(uuid.uuid5(_IDS, dataset)),
        "expectations": [_expectation(check) for check in checks if check.dataset == dataset],
        "meta": {
            "dataset": dataset,
            "codelists": {name: _codelist(known[name]) for name in sorted(known)},
        },
        "notes": f"Generated from the standard and the specs of {dataset}. Do not edit.",
    }


def _expectation(check: Check) -> dict[str, Any]:
    rule = rule_of(check)
    kwargs = {
        "rule": check.rule,
        "dataset": check.dataset,
        "variables": list(check.variables),
        "params": dict(check.params),
    }
    identity = json.dumps(kwargs, sort_keys=True, ensure_ascii=True)
    return {
        "type": EXPECTATION,
        "id": str(uuid.uuid5(_IDS, identity)),
        "kwargs": kwargs,
        "severity": GX_SEVERITY[rule.severity],
        "description": rule.description,
        "meta": {"rule_id": rule.id, "title": rule.title, "reference": rule.reference},
    }


def _codelist(codelist: Codelist) -> dict[str, Any]:
    return {
        "code": codelist.code,
        "label": codelist.label,
        "extensible": codelist.extensible,
        "standard": codelist.standard,
        "terms": [term.value for term in codelist.terms],
        "extended": [term.value for term in codelist.terms if term.extended],
    }


def suite_bytes(suite: Suite) -> bytes:
    """The suite as it is written: UTF-8 JSON, indented for a readable difference."""
    return (json.dumps(suite, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def write_suites(
    folder: Path,
    checks_by_dataset: Mapping[str, Sequence[Check]],
    codelists: Mapping[str, Codelist] | None = None,
) -> list[Path]:
    """Write `<dataset>.json` in lower case for each dataset; files that do not change stay.

    Returns the paths of all suites, in the order of the datasets' names.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for dataset in sorted(checks_by_dataset):
        content = suite_bytes(suite_for(dataset, checks_by_dataset[dataset], codelists))
        path = folder / f"{dataset.lower()}.json"
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
        paths.append(path)
    return paths


def read_suite(path: Path) -> Suite:
    """A suite file, checked: every expectation has a known rule and severity.

    Raises:
        SourceError: the file is not there or not JSON.
        SpecError: it is not a suite, or an expectation in it would not be run.
    """
    try:
        suite = json.loads(path.read_bytes())
    except OSError as error:
        raise SourceError(
            f"the suite cannot be read: {error.strerror}", at=Location(str(path))
        ) from error
    except ValueError as error:
        raise SourceError(f"the suite is not JSON: {error}", at=Location(str(path))) from error
    check_suite(suite, Location(str(path)))
    return dict(suite)


def check_suite(suite: object, at: Location) -> None:
    """Refuse a suite of which great_expectations would drop a part without a word.

    Raises:
        SpecError: it is not a suite, or an expectation has no type, an unknown rule, or a
            severity other than critical, warning and info.
    """
    if not isinstance(suite, dict) or not isinstance(suite.get("expectations"), list):
        raise SpecError("this is not an expectation suite: it has no list `expectations`", at=at)
    if not isinstance(suite.get("name"), str) or not suite["name"]:
        raise SpecError("the suite has no name", at=at)
    for number, expectation in enumerate(suite["expectations"], start=1):
        where = Location(at.file, name=f"expectation {number}")
        if not isinstance(expectation, dict) or not isinstance(expectation.get("type"), str):
            raise SpecError("the expectation has no type", at=where)
        _check_severity(expectation.get("severity", "critical"), where)
        if expectation["type"] == EXPECTATION:
            _check_rule(expectation.get("kwargs"), where)


def _check_severity(severity: object, at: Location) -> None:
    known = sorted(GX_SEVERITY.values())
    if severity not in known:
        raise SpecError(
            f"severity {severity!r} is not one of {', '.join(known)}",
            at=at,
            hint=did_you_mean(str(severity), known),
        )


def _check_rule(kwargs: object, at: Location) -> None:
    if not isinstance(kwargs, dict):
        raise SpecError("the expectation has no kwargs", at=at)
    rule = kwargs.get("rule")
    if rule not in RULES:
        hint = did_you_mean(str(rule), list(RULES))
        raise SpecError(f"there is no rule {rule!r}", at=at, hint=hint)
    shapes = {"dataset": str, "variables": list, "params": dict}
    for name, shape in shapes.items():
        if not isinstance(kwargs.get(name), shape):
            raise SpecError(f"kwargs.{name} is missing or of the wrong kind", at=at)


def check_of(expectation: Mapping[str, Any]) -> Check:
    """The check that an expectation of a checked suite stands for."""
    kwargs = expectation["kwargs"]
    return Check(
        rule=kwargs["rule"],
        dataset=kwargs["dataset"],
        variables=tuple(kwargs["variables"]),
        params=kwargs["params"],
    )


def codelists_in(suite: Suite) -> dict[str, Codelist]:
    """The codelists that a suite carries, as far as checks need them: values, no decodes."""
    found = {}
    for name, facts in suite.get("meta", {}).get("codelists", {}).items():
        extended = set(facts["extended"])
        found[name] = Codelist(
            name=name,
            label=facts["label"],
            code=facts["code"],
            extensible=facts["extensible"],
            standard=facts["standard"],
            terms=tuple(Term(v, extended=v in extended) for v in facts["terms"]),
        )
    return found
