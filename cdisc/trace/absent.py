"""Why a subject has no record of a parameter: what its records would have been made of."""

from __future__ import annotations

from collections.abc import Mapping

from cdisc.spec.expressions import Binary, Expr, Literal, Ref
from cdisc.spec.model import DatasetSpec, Rows


def no_record_of(spec: DatasetSpec | None, equal: Mapping[str, str]) -> str:
    """What to say of a parameter that a subject has no record of; empty when that is not asked.

    `equal` are the values that the question gives to variables.
    """
    code, subject = equal.get("PARAMCD", ""), equal.get("USUBJID", "")
    part = spec.rows.parameters.get(code) if spec is not None else None
    if spec is None or part is None or not subject:
        return ""
    start = _start(part)
    if start is None or start.where is None:
        return f"{subject} has no record of {code}"
    origin = spec.name if start.origin in spec.rows.parameters else start.origin
    asked = f'USUBJID == "{subject}"'
    other = equal_values(start.where).get("PARAMCD", "")
    if other:
        asked += f' and PARAMCD == "{other}"'
    return (
        f"{code} is made of records of {origin} where {start.where}, and this subject has none; "
        f"see: cdisc trace {origin} --where '{asked}'"
    )


def equal_values(expression: Expr) -> dict[str, str]:
    """The variables that a condition asks to equal a text, with the text."""
    match expression:
        case Binary(operator="and", left=left, right=right):
            return {**equal_values(left), **equal_values(right)}
        case Binary(operator="==", left=Ref(name=name), right=Literal(value=str(text))):
            return {name: text}
    return {}


def _start(rows: Rows) -> Rows | None:
    """Where rows begin: the innermost ones that name a single origin."""
    if rows.origin:
        return rows
    return _start(rows.stack[0]) if len(rows.stack) == 1 else None
