"""Which variable of another dataset an ADaM variable is a copy of (Define-XML origin Predecessor).

Only `copy` makes one, directly or through columns that row steps copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cdisc.spec.expressions import Ref
from cdisc.spec.model import DatasetSpec, Rows, VariableSpec
from cdisc.spec.needs import AUTOMATIC, meaning
from cdisc.spec.study import StudySpec
from cdisc.standards import Catalogue, VariableStandard, catalogue

# Whose variables SDTM of others has, when study.yaml does not say.
TABULATIONS = ("SDTMIG", "3.4")
SUBJECT_LEVEL = "ADSL"
IDENTIFIERS = ("STUDYID", "USUBJID")


class Predecessor(NamedTuple):
    """A variable of a dataset of the study, or of one that others made."""

    dataset: str
    variable: str

    def __str__(self) -> str:
        return f"{self.dataset}.{self.variable}"


def predecessor(study: StudySpec, spec: DatasetSpec, variable: VariableSpec) -> Predecessor | None:
    """What an ADaM variable was copied from; None when it was not, or from several variables.

    Records of several datasets may have their USUBJID from ADSL or from another of them: it is
    that of ADSL.
    """
    ref = variable.call.copied
    if spec.layer != "adam" or ref is None:
        return None
    found = dict.fromkeys(_sources(study, spec, ref, variable.name))
    if not found or None in found:
        return None
    named = [one for one in found if one is not None]
    first = [one for one in named if one.dataset == SUBJECT_LEVEL and spec.name != SUBJECT_LEVEL]
    if len(named) == 1 or first:
        return (first or named)[0]
    subject_level = study.datasets.get(SUBJECT_LEVEL)
    names = {one.variable for one in named}
    if subject_level is not None and subject_level is not spec and len(names) == 1:
        name = names.pop()
        return Predecessor(SUBJECT_LEVEL, name) if name in IDENTIFIERS else None
    return None


def described_by(
    study: StudySpec, spec: DatasetSpec, variable: VariableSpec
) -> tuple[DatasetSpec, VariableSpec] | None:
    """The spec of the variable that this one is a copy of, where this study makes it."""
    found = predecessor(study, spec, variable)
    other = study.datasets.get(found.dataset) if found else None
    if found is None or other is None:
        return None
    made = other.variables.get(found.variable) or other.supplemental.get(found.variable)
    return None if made is None else (other, made)


def tabulations_of(study: StudySpec) -> Catalogue:
    """The guide of SDTM that others made."""
    return study.catalogues.get("sdtm") or catalogue(*TABULATIONS)


def tabulated(
    study: StudySpec, spec: DatasetSpec, variable: VariableSpec
) -> VariableStandard | None:
    """What SDTM says of what a variable is a copy of, where others made that dataset."""
    found = predecessor(study, spec, variable)
    if found is None or found.dataset in study.datasets:
        return None
    return tabulations_of(study).variable(found.dataset, found.variable)


def _sources(
    study: StudySpec, spec: DatasetSpec, ref: Ref, inside: str
) -> Iterator[Predecessor | None]:
    match meaning(ref, spec, inside):
        case "own":
            other = spec.variables.get(ref.name)
            again = other.call.copied if other else None
            if other is None or again is None:
                yield None
            else:
                yield from _sources(study, spec, again, other.name)
        case "lookup":
            lookup = spec.lookups.get(ref.qualifier)
            yield _of(study, lookup.origin if lookup else ref.qualifier, ref.name)
        case "source":
            yield from _in_rows(study, spec, spec.rows, ref.name)
        case _:
            yield None


def _in_rows(
    study: StudySpec, spec: DatasetSpec, rows: Rows, name: str
) -> Iterator[Predecessor | None]:
    if _lacks(rows, name):
        return
    if _makes(rows, name):
        yield None
    elif name in rows.columns:
        again = rows.columns[name].copied
        if again is None:
            yield None
        elif again.qualifier and again.qualifier != "source":
            yield _of(study, again.qualifier, again.name)
        else:
            yield from _starts(study, spec, rows, again.name)
    else:
        yield from _starts(study, spec, rows, name)


def predecessor_in_rows(
    study: StudySpec, spec: DatasetSpec, rows: Rows, name: str
) -> Predecessor | None:
    """The one variable that a column of some rows of a dataset was copied from, or None."""
    found = list(dict.fromkeys(_in_rows(study, spec, rows, name)))
    return found[0] if len(found) == 1 else None


def _lacks(rows: Rows, name: str) -> bool:
    """Whether the records of a part that a step makes anew have no such column at all."""
    if rows.parameter is not None and name in rows.parameter.columns:
        return False
    if rows.derive is not None:
        return name not in (*rows.derive.by, *rows.derive.call.algorithm.makes)
    return rows.summarize is not None and name not in (
        *rows.summarize.by,
        *rows.summarize.columns,
    )


def _makes(rows: Rows, name: str) -> bool:
    """Whether a step after `set`, or the parameter, makes the column anew."""
    if rows.parameter is not None and name in rows.parameter.columns:
        return True
    if rows.derive is not None:
        return name not in rows.derive.by
    if rows.summarize is not None:
        return name not in rows.summarize.by
    return rows.unpivot is not None and name in (rows.unpivot.name, *rows.unpivot.columns)


def _starts(
    study: StudySpec, spec: DatasetSpec, rows: Rows, name: str
) -> Iterator[Predecessor | None]:
    own = spec.rows.parameters
    if rows.origin in own:
        yield from _in_rows(study, spec, own[rows.origin], name)
    elif rows.origin:
        yield from _of_part(study, rows.origin, name)
    elif rows.stack:
        for part in rows.stack:
            yield from _in_rows(study, spec, part, name)
    else:
        yield None


def _of_part(study: StudySpec, origin: str, name: str) -> Iterator[Predecessor | None]:
    """What a part of the rows has from its origin; nothing where that has no such variable."""
    found = _of(study, origin, name)
    if found is not None or origin not in study.datasets or name.startswith("_"):
        yield found


def _of(study: StudySpec, origin: str, name: str) -> Predecessor | None:
    """A written variable of a dataset of the study, or of one that others made and that is read."""
    source = study.sources.get(origin)
    if source is not None and source.submitted:
        return Predecessor(origin.upper(), name)
    spec = study.datasets.get(origin)
    if spec is None or name.startswith("_"):
        return None
    known = name in spec.variables or name in spec.supplemental or name in AUTOMATIC
    return Predecessor(origin, name) if known else None
