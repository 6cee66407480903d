"""Conditions that can never hold: a text beside a variable that cannot have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from cdisc.errors import Location
from cdisc.spec import model
from cdisc.spec.expressions import Binary, Call, Expr, In, Literal, Negative, Not, Ref
from cdisc.spec.model import DatasetSpec, Rows
from cdisc.spec.needs import call_records, meaning
from cdisc.spec.notes import Notes, nearest, step
from cdisc.spec.parameter_lists import CODE, declared_parameters
from cdisc.spec.possible_texts import Possible, PossibleTexts, selected
from cdisc.spec.read_fields import named
from cdisc.spec.selections import condition_at
from cdisc.spec.study import StudySpec


class _Holds(Protocol):
    """What a name in an expression can hold, given which parameters are asked for."""

    def __call__(self, ref: Ref, codes: frozenset[str] | None) -> Possible | None: ...


def check_conditions(
    study: StudySpec, spec: DatasetSpec, possible: PossibleTexts, notes: Notes
) -> None:
    """Tells of texts in the conditions of one spec that the variable beside them cannot have.

    A parameter that there is not is an error, any other text a warning.
    """
    check = _Conditions(study, spec, possible, notes)
    check.rows(spec.rows)
    for lookup in spec.lookups.values():
        check.of(lookup.where, lookup.origin, condition_at(lookup.taken, lookup.at))
    for variable in (*spec.variables.values(), *spec.supplemental.values()):
        check.own(variable.call, variable.name, variable.at)


def check_display_conditions(study: StudySpec, possible: PossibleTexts, notes: Notes) -> None:
    """Tells of texts in the conditions of displays that the variable beside them cannot have."""
    for display in study.displays:
        records = display.records
        own = [records.where, *display.analysis.own_conditions()]
        codes = None if records.where is None else selected(records.where)
        found = [
            (records.dataset, condition, codes, display.at)
            for condition in own
            if condition is not None
        ]
        found += [
            (other.dataset, other.where, selected(other.where), other.at)
            for other in display.analysis.other_records()
            if other.where is not None
        ]
        for dataset, condition, asked, at in found:
            for ref, text in compared(condition):
                held = possible.of_dataset(dataset, ref.name, asked)
                if held is not None and ref.name != CODE and text not in held.texts:
                    notes.warning(
                        f"{ref} is never {text!r}{held.why}",
                        named(at, display.id),
                        nearest(text, held.texts, "Its terms are"),
                    )


class _Conditions:
    def __init__(
        self, study: StudySpec, spec: DatasetSpec, possible: PossibleTexts, notes: Notes
    ) -> None:
        self.study = study
        self.spec = spec
        self.possible = possible
        self.notes = notes

    def rows(self, rows: Rows) -> None:
        """The conditions and calls of row steps."""
        if rows.origin:
            self.of(rows.where, rows.origin, condition_at(rows.taken, step(rows.at, "rows.where")))
        for part in rows.stack:
            self.rows(part)

        def before(ref: Ref, codes: frozenset[str] | None) -> Possible | None:
            if _elsewhere(ref):
                return self._in(ref.qualifier, ref.name, codes)
            return self.possible.before_derive(self.spec, rows, ref.name)

        def after(ref: Ref, codes: frozenset[str] | None) -> Possible | None:
            if _elsewhere(ref):
                return self._in(ref.qualifier, ref.name, codes)
            return self.possible.of_rows(self.spec, rows, ref.name)

        for name, call in rows.columns.items():
            self._call(call, before, call.at if name in call.at.name else step(call.at, name))
        if rows.derive is not None:
            self._call(rows.derive.call, before, rows.derive.at)
        self._hold(rows.keep, after, step(rows.at, "rows.keep"))

    def of(self, condition: Expr | None, dataset: str, at: Location) -> None:
        """A condition on the variables of one dataset, or of an earlier parameter."""
        self._hold(
            condition, lambda ref, codes: self._in(ref.qualifier or dataset, ref.name, codes), at
        )
        target = self.study.datasets.get(dataset)
        known = None if target is None else declared_parameters(target)
        if known is not None and target is not None and condition is not None:
            self._parameters(condition, target.name, known, at)

    def own(self, call: model.Call, inside: str, at: Location) -> None:
        """The conditions within a variable of this spec."""

        def holds(ref: Ref, codes: frozenset[str] | None) -> Possible | None:
            match meaning(ref, self.spec, inside):
                case "own":
                    return self.possible.of_dataset(self.spec.name, ref.name, codes)
                case "source":
                    return self.possible.of_rows(self.spec, self.spec.rows, ref.name)
                case "lookup":
                    lookup = self.spec.lookups.get(ref.qualifier)
                    return self._in(lookup.origin if lookup else ref.qualifier, ref.name, codes)
            return None

        self._call(call, holds, at)
        known = declared_parameters(self.spec)
        if known is not None:
            for expression in _expressions(call.arguments.values()):
                self._parameters(expression, self.spec.name, known, at)

    def _in(self, origin: str, name: str, codes: frozenset[str] | None) -> Possible | None:
        parts = self.spec.rows.parameters
        if origin in parts:
            return self.possible.of_rows(self.spec, parts[origin], name)
        return self.possible.of_dataset(origin, name, codes)

    def _call(self, call: model.Call, holds: _Holds, at: Location) -> None:
        for expression in _expressions(call.arguments.values()):
            self._hold(expression, holds, at)
        for records in call_records(call):
            where = records.at if at.name in records.at.name else step(records.at, at.name)
            self.of(records.where, records.dataset, condition_at(records.taken, where))

    def _hold(self, condition: Expr | None, holds: _Holds, at: Location) -> None:
        if condition is None:
            return
        codes = selected(condition)
        for ref, text in compared(condition):
            found = holds(ref, codes)
            if found is not None and ref.name != CODE and text not in found.texts:
                self.notes.warning(
                    f"{ref} is never {text!r}{found.why}",
                    at,
                    nearest(text, found.texts, "Its terms are"),
                )

    def _parameters(
        self, condition: Expr, dataset: str, known: frozenset[str], at: Location
    ) -> None:
        for ref, text in compared(condition):
            if ref == Ref(CODE) and text and text not in known:
                self.notes.error(f"{dataset} has no parameter {text}", at, nearest(text, known))


def _elsewhere(ref: Ref) -> bool:
    return ref.qualifier not in ("", "source")


def compared(expression: Expr) -> Iterator[tuple[Ref, str]]:
    """The names in an expression with the texts each is held equal or unequal to."""
    match expression:
        case Binary(operator="==" | "!=", left=Ref() as ref, right=Literal(value=str(text))):
            yield ref, text
        case Binary(operator="==" | "!=", left=Literal(value=str(text)), right=Ref() as ref):
            yield ref, text
        case Binary(left=left, right=right):
            yield from compared(left)
            yield from compared(right)
        case In(value=Ref() as ref, choices=choices):
            yield from ((ref, item.value) for item in choices if isinstance(item.value, str))
        case Not(condition=inner) | Negative(value=inner):
            yield from compared(inner)
        case Call(arguments=arguments):
            for argument in arguments:
                yield from compared(argument)


def _expressions(arguments: Iterable[model.Argument]) -> Iterator[Expr]:
    for argument in model.leaves(arguments):
        if isinstance(argument, model.ExpressionArgument | model.ConditionArgument):
            yield argument.expression
