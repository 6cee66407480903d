"""Text, numbers and dates where another kind is needed, and columns that mix them.

What the build refuses, or finds on every record, is told before there are data: a text that is no
date as the start of a time, a number in one part of a stack and text in another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from cdisc.errors import Location
from cdisc.spec import model
from cdisc.spec.expressions import Ref
from cdisc.spec.kinds import Kind, Kinds
from cdisc.spec.model import Call, DatasetSpec, Rows
from cdisc.spec.needs import (
    call_records,
    meaning,
    source_columns,
    stack_columns,
    step_columns,
)
from cdisc.spec.notes import Notes, step
from cdisc.spec.possible_texts import Possible, PossibleTexts

_DATE = re.compile(r"\d{4}|-")
_WORDS = {"text": "text", "number": "a number", "date": "a date"}
_MANY = {"text": "text", "number": "numbers", "date": "dates"}
_DATES = "Name a date, as analysis_date makes it, or a --DTC of SDTM"

Names = Callable[[Ref], tuple[Kind, bool]]
"""Of a name its kind, and whether it is text that can be no date."""


def check_kinds(
    spec: DatasetSpec,
    kinds: Kinds,
    possible: PossibleTexts,
    notes: Notes,
) -> None:
    """Tells of arguments and columns of one spec that hold another kind than they must."""
    check = _KindCheck(spec, kinds, possible, notes)
    check.rows(spec.rows, frozenset(source_columns(spec)))
    for variable in (*spec.variables.values(), *spec.supplemental.values()):
        check.variable(variable)


class _KindCheck:
    def __init__(
        self,
        spec: DatasetSpec,
        kinds: Kinds,
        possible: PossibleTexts,
        notes: Notes,
    ) -> None:
        self.study = kinds.study
        self.standards = kinds.standards
        self.spec = spec
        self.kinds = kinds
        self.possible = possible
        self.notes = notes

    # ---- arguments -----------------------------------------------------------------------

    def variable(self, variable: model.VariableSpec) -> None:
        """The arguments of a variable's algorithm."""

        def names(ref: Ref) -> tuple[Kind, bool]:
            found = self.kinds.in_variable(self.spec, ref, variable.name)
            match meaning(ref, self.spec, variable.name):
                case "own":
                    return found, self._no_date(self.spec.name, ref.name)
                case "lookup":
                    lookup = self.spec.lookups.get(ref.qualifier)
                    origin = lookup.origin if lookup else ref.qualifier
                    return found, self._no_date(origin, ref.name)
            texts = self.possible.of_rows(self.spec, self.spec.rows, ref.name)
            return found, _never_dates(texts) or self._comes_from(self.spec.rows, ref.name)

        self._call(variable.call, names, variable.at)
        text = self.kinds.copied_text(self.spec, variable)
        if text is not None:
            message = f"{variable.name} is a numeric date; {text} is text, and a copy stays text"
            hint = f"Make it a date with analysis_date: {text}"
            self.notes.error(message, variable.at, hint)

    def rows(self, rows: Rows, wanted: frozenset[str]) -> None:
        """The arguments of row steps, and columns that parts of them fill differently."""
        needed = step_columns(rows, wanted)
        for part, columns in zip(rows.stack, stack_columns(rows, needed), strict=True):
            self.rows(part, columns)
        if len(rows.stack) > 1:
            self._stack(rows, sorted(needed))
        for name, call in rows.columns.items():
            at = call.at if name in call.at.name else step(call.at, name)
            self._call(call, self._in_rows(rows, name), at)
        if rows.unpivot is not None:
            self._unpivot(rows, rows.unpivot)
        if rows.derive is not None:
            self._call(rows.derive.call, self._in_rows(rows), rows.derive.at)

    def _in_rows(self, rows: Rows, before: str = "") -> Names:
        def names(ref: Ref) -> tuple[Kind, bool]:
            found = self.kinds.in_rows(self.spec, rows, ref, before)
            if ref.qualifier not in ("", "source"):
                return found, self._no_date(ref.qualifier, ref.name)
            texts = self.possible.before_derive(self.spec, rows, ref.name)
            never = not before and _never_dates(texts)
            return found, never or self._comes_from(rows, ref.name)

        return names

    def _call(self, call: Call, names: Names, at: Location) -> None:
        for argument in _columns(call.arguments.values()):
            self._must(argument.must, argument.name, argument.ref, names(argument.ref), at)
        for records in call_records(call):
            ref = records.columns.get("date")
            if ref is not None and records.dataset in self.study.datasets:
                known = (
                    self.kinds.of_origin(records.dataset, ref.name),
                    self._no_date(records.dataset, ref.name),
                )
                shown, taken = Ref(ref.name, records.dataset), records.taken
                by_name = taken is not None and "date" in taken.selection.columns
                place = taken.selection.at if taken and by_name else step(records.at, at.name)
                self._must("date", "date", shown, known, place)

    def _must(
        self, must: str, argument: str, ref: Ref, known: tuple[Kind, bool], at: Location
    ) -> None:
        kind, no_date = known
        if must == "number" and kind in ("text", "date"):
            hint = f"Make it one with number: {ref}" if kind == "text" else ""
            message = f"{argument} must be a number; {ref} is {_WORDS[kind]}"
            self.notes.error(message, at, hint)
        elif must == "date" and kind == "number":
            self.notes.error(f"{argument} must be a date; {ref} is a number", at, _DATES)
        elif must == "date" and kind == "text" and no_date:
            message = f"{argument} must be a date; {ref} is text that is none"
            self.notes.error(message, at, _DATES)

    def _no_date(self, dataset: str, name: str) -> bool:
        """Whether a variable of a dataset is text that standard or spec keep from dates."""
        spec = self.study.datasets.get(dataset)
        if spec is None or name not in spec.variables:
            return False
        standard = self.standards[dataset].get(name)
        if standard is not None and standard.type == "Char":
            return not (name.endswith("DTC") or "ISO 8601" in standard.format)
        return _never_dates(self.possible.of_dataset(dataset, name))

    def _comes_from(self, rows: Rows, name: str) -> bool:
        """Whether a column is such a variable of the dataset that the rows start from."""
        simple = not (rows.derive or rows.summarize or rows.unpivot or name in rows.columns)
        if len(rows.stack) == 1 and simple:
            return self._comes_from(rows.stack[0], name)
        return simple and self._no_date(rows.origin, name)

    # ---- columns of several parts --------------------------------------------------------

    def _stack(self, rows: Rows, names: Iterable[str]) -> None:
        for name in names:
            kinds = [(part, self.kinds.of_rows(self.spec, part, name)) for part in rows.stack]
            known = [(part, kind) for part, kind in kinds if kind in _WORDS]
            odd = next(((part, kind) for part, kind in known if kind != known[0][1]), None)
            if odd is None:
                continue
            (first, was), (other, is_) = known[0], odd
            self.notes.error(
                f"{name} is {_WORDS[was]} in {_named(first, 'one part')} and {_WORDS[is_]} "
                f"in {_named(other, 'another')}",
                other.parameter.at if other.parameter else other.at,
                _same(name, was, is_),
            )

    def _unpivot(self, rows: Rows, unpivot: model.Unpivot) -> None:
        for name in unpivot.columns:
            cells = [test[name] for test in unpivot.each.values() if name in test]
            kinds = [self.kinds.of_cell(self.spec, rows, cell) for cell in cells]
            known = list(dict.fromkeys(kind for kind in kinds if kind in _WORDS))
            if len(known) > 1:
                was, is_ = known[:2]
                self.notes.error(
                    f"{name} takes {_MANY[was]} from one column and {_MANY[is_]} from another",
                    unpivot.at,
                    "Make them all numbers before, e.g. set: {COLUMN: {number: COLUMN}}",
                )


def _columns(arguments: Iterable[model.Argument]) -> Iterator[model.ColumnArgument]:
    for argument in arguments:
        match argument:
            case model.ColumnArgument():
                yield argument
            case model.ListArgument(items=items):
                yield from _columns(items)
            case model.GroupArgument(fields=fields):
                yield from _columns(fields.values())


def _never_dates(possible: Possible | None) -> bool:
    return possible is not None and not any(_DATE.match(text) for text in possible.texts)


def _named(part: Rows, otherwise: str) -> str:
    return part.parameter.name if part.parameter is not None else otherwise


def _same(name: str, *kinds: str) -> str:
    """How a column becomes the same everywhere."""
    if "date" in kinds:
        how = "analysis_date" if "text" in kinds else ""
        return f"Make it a date in all, e.g. set: {{{name}: {{{how}: {name}}}}}" if how else ""
    return f"Make it the same in all, e.g. set: {{{name}: {{number: {name}}}}}"
