"""Run expectation suites through great_expectations, with our kernels as its metric.

great_expectations takes seconds and 200 MB to import, so every import of it stands inside a
function. It plans and reports; the values come from the same kernels that `run_checks` calls, and
the findings are the same to the letter. What it would do silently is prevented here: a suite is
checked before it is loaded, the number of loaded expectations is compared, results are matched by
the ids in their `meta`, and an expectation that broke off is an error, never a pass.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cdisc.errors import Location, SpecError
from cdisc.model import Codelist, Dataset, Finding, Severity, merge_findings
from cdisc.model.finding import MAX_OCCURRENCES
from cdisc.validate.rule import Failure
from cdisc.validate.run import FAILED, Locate, failures_of, findings_of, locator
from cdisc.validate.suite import (
    EXPECTATION,
    GX_SEVERITY,
    Suite,
    check_of,
    check_suite,
    codelists_in,
)

_METRIC = "cdisc.rule.failures"
_SURROUNDINGS = "cdisc"
_SEVERITY = {word: severity for severity, word in GX_SEVERITY.items()}


@dataclass(frozen=True, slots=True, eq=False)
class _Surroundings:
    """What travels with the frame through great_expectations, in `DataFrame.attrs`."""

    dataset: Dataset
    others: Mapping[str, Dataset]
    codelists: Mapping[str, Codelist]

    def __deepcopy__(self, _memo: dict[int, object]) -> _Surroundings:
        # pandas copies attrs with every derived frame; whole datasets must not be.
        return self


def run_suite(
    dataset: Dataset,
    suite: Suite,
    *,
    others: Mapping[str, Dataset] | None = None,
    locate: Locate | None = None,
    at: Mapping[str, Location] | None = None,
    file: str = "",
) -> list[Finding]:
    """Findings of a suite on a dataset: those of `run_checks` for the checks in it.

    Expectations of great_expectations' own types may stand beside the generated ones. They give
    one finding each, under the rule id in their `meta.rule_id`, or their type without one.

    Args:
        dataset: The dataset under test.
        suite: What `suite_for` makes or `read_suite` reads.
        others: The datasets of the study that checks look up, by name.
        locate: As for `run_checks`.
        at: As for `run_checks`.
        file: The suite's file, for errors.

    Raises:
        SpecError: the suite has a part that great_expectations would drop.
    """
    check_suite(suite, Location(file))
    if not suite["expectations"]:
        return []
    surroundings = _Surroundings(dataset, others or {}, codelists_in(suite))
    expectations = {_key(number): e for number, e in enumerate(suite["expectations"])}
    results = _validate(surroundings, suite["name"], expectations, file)
    findings: list[Finding] = []
    for key, expectation in expectations.items():
        result = results[key]
        if expectation["type"] == EXPECTATION:
            check = check_of(expectation)
            failures = _failures(result)
            if failures is None:
                failures = [_broken(check.rule, result)]
            findings += findings_of(check, failures, dataset, locate=locate, at=at)
        elif not result["success"]:
            findings.append(_foreign(expectation, result, dataset, locate, at or {}))
    return merge_findings(findings)


def _key(number: int) -> str:
    """The id under which a result is found again; great_expectations returns them regrouped."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:cdisc:expectation:{number}"))


def _validate(
    surroundings: _Surroundings, name: str, expectations: Mapping[str, Mapping[str, Any]], file: str
) -> dict[str, dict[str, Any]]:
    """The result of each expectation by its key."""
    import great_expectations as gx

    _register()
    frame = surroundings.dataset.frame.copy(deep=False)
    frame.attrs = {_SURROUNDINGS: surroundings}
    with _quiet():
        context: Any = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False}
        loaded = gx.ExpectationSuite(
            name=name, expectations=[_loadable(key, e) for key, e in expectations.items()]
        )
        _assert_all_loaded(loaded, expectations, file)
        asset = context.data_sources.add_pandas("build").add_dataframe_asset(name)
        batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
        outcome: Any = batch.validate(
            loaded,
            result_format={"result_format": "SUMMARY", "return_unexpected_index_query": False},
        )
    return {r.expectation_config.meta["check"]: _plain(r) for r in outcome.results}


def _loadable(key: str, expectation: Mapping[str, Any]) -> dict[str, Any]:
    meta = {**expectation.get("meta", {}), "check": key}
    copied = {k: v for k, v in expectation.items() if k in ("type", "kwargs", "severity")}
    return {**copied, "meta": meta}


def _assert_all_loaded(
    loaded: Any, expectations: Mapping[str, Mapping[str, Any]], file: str
) -> None:
    kept = {expectation.meta["check"] for expectation in loaded.expectations}
    dropped = [e["type"] for key, e in expectations.items() if key not in kept]
    if dropped:
        raise SpecError(
            f"great_expectations does not take {len(dropped)} of {len(expectations)} expectations, "
            f"the first of type {dropped[0]}",
            at=Location(file),
            hint="Check its type and the names of its kwargs",
        )


def _plain(result: Any) -> dict[str, Any]:
    return {
        "success": bool(result.success),
        "result": dict(result.result or {}),
        "reason": _reason(result.exception_info or {}),
    }


def _reason(info: Mapping[str, Any]) -> str:
    """The message of an exception; its record is one mapping, or one for each metric."""
    if "raised_exception" in info:
        return str(info["exception_message"]) if info["raised_exception"] else ""
    reasons = [_reason(part) for part in info.values() if isinstance(part, Mapping)]
    return next((reason for reason in reasons if reason), "")


def _failures(result: Mapping[str, Any]) -> list[Failure] | None:
    """The failures that our metric reported, None when it did not get to report any."""
    found = result["result"].get("details", {}).get("failures")
    if found is None or result["reason"]:
        return None
    return [Failure(**{**failure, "rows": tuple(failure["rows"])}) for failure in found]


def _broken(rule: str, result: Mapping[str, Any]) -> Failure:
    reason = result["reason"] or "no result"
    return Failure(message=FAILED.message.format(rule=rule, reason=reason), rule=FAILED.id)


def _foreign(
    expectation: Mapping[str, Any],
    result: Mapping[str, Any],
    dataset: Dataset,
    locate: Locate | None,
    at: Mapping[str, Location],
) -> Finding:
    """The finding of a failed expectation of great_expectations' own."""
    meta = expectation.get("meta", {})
    rule = meta.get("rule_id", expectation["type"])
    variable = str(expectation.get("kwargs", {}).get("column", ""))
    place = at.get(variable, at.get("", Location()))
    if result["reason"]:
        message = FAILED.message.format(rule=rule, reason=result["reason"])
        return Finding(
            rule=FAILED.id,
            severity=Severity.ERROR,
            message=message,
            dataset=dataset.name,
            variable=variable,
            at=place,
        )
    rows = result["result"].get("partial_unexpected_index_list") or []
    positions = [row for row in rows[:MAX_OCCURRENCES] if isinstance(row, int)]
    return Finding(
        rule=rule,
        severity=_SEVERITY[expectation.get("severity", "critical")],
        message=expectation.get("description") or meta.get("title") or f"{rule} does not hold",
        dataset=dataset.name,
        variable=variable,
        at=place,
        count=int(result["result"].get("unexpected_count") or 1),
        occurrences=tuple(_occurrences(dataset, positions, locate)),
    )


def _occurrences(dataset: Dataset, positions: list[int], locate: Locate | None) -> Any:
    import numpy as np

    if not positions:
        return ()
    return (locate or locator(dataset))(dataset.name, np.array(positions, dtype=np.int64))


@contextmanager
def _quiet() -> Iterator[None]:
    """Nothing of great_expectations' log on the user's terminal; what matters is raised by us."""
    logger = logging.getLogger("great_expectations")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)


@lru_cache(maxsize=1)
def _register() -> None:
    """Define our expectation and its metric, which registers them; once a process."""
    from great_expectations.execution_engine.pandas_execution_engine import (
        PandasExecutionEngine,
    )
    from great_expectations.expectations.expectation import BatchExpectation
    from great_expectations.expectations.metrics.metric_provider import (
        metric_value,
    )
    from great_expectations.expectations.metrics.table_metric_provider import (
        TableMetricProvider,
    )

    class CdiscRuleFailures(TableMetricProvider):
        """The failures of one check, as plain values."""

        metric_name = _METRIC
        value_keys = ("rule", "dataset", "variables", "params")

        @metric_value(engine=PandasExecutionEngine)
        def _pandas(
            cls,  # noqa: N805
            execution_engine: Any,
            metric_domain_kwargs: dict[str, Any],
            metric_value_kwargs: dict[str, Any],
            metrics: dict[str, Any],  # noqa: ARG002
            runtime_configuration: dict[str, Any],  # noqa: ARG002
        ) -> list[dict[str, Any]]:
            frame = execution_engine.get_domain_records(metric_domain_kwargs)
            here: _Surroundings = frame.attrs[_SURROUNDINGS]
            check = check_of({"kwargs": metric_value_kwargs})
            failures = failures_of(check, here.dataset, here.others, here.codelists)
            return [_as_json(failure) for failure in failures]

    class ExpectCdiscRuleToHold(BatchExpectation):
        """A rule of this toolkit holds for the dataset."""

        rule: str
        dataset: str
        variables: list[str]
        params: dict[str, Any]

        metric_dependencies = (_METRIC,)
        success_keys = ("rule", "dataset", "variables", "params")
        args_keys = ("rule", "dataset", "variables", "params")

        def _validate(
            self,
            metrics: dict[str, Any],
            runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002
            execution_engine: Any = None,  # noqa: ARG002
        ) -> dict[str, Any]:
            failures = metrics[_METRIC]
            return {
                "success": not failures,
                "result": {
                    "observed_value": sum(failure["count"] for failure in failures),
                    "details": {"failures": failures},
                },
            }


def _as_json(failure: Failure) -> dict[str, Any]:
    return {
        "message": failure.message,
        "variable": failure.variable,
        "value": failure.value,
        "hint": failure.hint,
        "count": failure.count,
        "rows": list(failure.rows),
        "rule": failure.rule,
    }
