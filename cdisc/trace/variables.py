"""What a spec tells of its records: which variables tell them apart, of which tests they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cdisc.spec.model import DatasetSpec, Rows

LONGEST_SEQ = len("xxSEQ")


def keys_of(spec: DatasetSpec | None, texts: Mapping[str, str]) -> list[str]:
    """The variables that tell a record apart, those of them there are."""
    if spec is not None:
        return [key for key in spec.keys if key in texts]
    names = ("USUBJID", "RDOMAIN", "IDVAR", "IDVARVAL", "QNAM", "RELID")
    return [name for name in names if name in texts]


def names_a_record(name: str) -> bool:
    """Whether a variable only says which record is meant, so that nothing is behind it."""
    return name.startswith("SRC") or (name.endswith("SEQ") and len(name) <= LONGEST_SEQ)


def codes_of(spec: DatasetSpec, texts: Mapping[str, str]) -> frozenset[str]:
    """The tests that a record is of, as an `unpivot` calls them, and its parameter."""
    names = set(_test_columns(spec.rows))
    copies = [
        name
        for name, variable in spec.variables.items()
        if variable.call.algorithm.name == "copy" and variable.call.texts.get("of") in names
    ]
    return frozenset(texts[name] for name in (*copies, "PARAMCD") if texts.get(name))


def _test_columns(rows: Rows) -> Iterable[str]:
    if rows.unpivot:
        yield rows.unpivot.name
    for part in rows.stack:
        yield from _test_columns(part)


def place_of(spec: DatasetSpec | None, name: str) -> tuple[int, str]:
    """Where a variable stands in its spec."""
    names = list(spec.variables) if spec is not None else []
    return (names.index(name) if name in names else len(names), name)
