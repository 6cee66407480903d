"""Conditions that can never hold: a variable compared with a text outside its closed codelist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cdisc.errors import Location
from cdisc.spec import model
from cdisc.spec.check_terms import codelist_of
from cdisc.spec.expressions import Binary, Call, Expr, In, Literal, Negative, Not, Ref
from cdisc.spec.model import DatasetSpec, Rows
from cdisc.spec.needs import call_records, meaning
from cdisc.spec.notes import Notes, nearest, step
from cdisc.spec.study import StudySpec
from cdisc.standards import VariableStandard

Standards = Mapping[str, Mapping[str, VariableStandard]]
"""What the standard says of each variable, by dataset and name."""


def check_conditions(
    study: StudySpec, spec: DatasetSpec, standards: Standards, notes: Notes
) -> None:
    """Warns of texts in the conditions of one spec that the variable beside them cannot have."""
    check = _Conditions(study, spec, standards, notes)
    check.rows(spec.rows)
    for lookup in spec.lookups.values():
        check.of(lookup.where, lookup.origin, lookup.at)
    for variable in (*spec.variables.values(), *spec.supplemental.values()):
        for expression in _expressions(variable.call.arguments.values()):
            check.own(expression, variable.name, variable.at)
        for records in call_records(variable.call):
            check.of(records.where, records.dataset, step(records.at, variable.name))


class _Conditions:
    def __init__(
        self, study: StudySpec, spec: DatasetSpec, standards: Standards, notes: Notes
    ) -> None:
        self.study = study
        self.spec = spec
        self.standards = standards
        self.notes = notes

    def rows(self, rows: Rows) -> None:
        """Conditions on rows, as far as the rows are those of one dataset."""
        self.of(rows.where, rows.origin, step(rows.at, "rows.where"))
        for part in rows.stack:
            self.rows(part)

    def of(self, condition: Expr | None, dataset: str, at: Location) -> None:
        """A condition on the variables of one dataset."""
        if condition is not None:
            for ref, text in compared(condition):
                self._one(dataset if not ref.qualifier else ref.qualifier, ref, text, at)

    def own(self, condition: Expr, inside: str, at: Location) -> None:
        """A condition within the variables of this spec."""
        for ref, text in compared(condition):
            what = meaning(ref, self.spec, inside)
            if what == "own":
                self._one(self.spec.name, ref, text, at)
            elif what == "source":
                self._one(self.spec.rows.origin, ref, text, at)
            elif what == "lookup":
                lookup = self.spec.lookups.get(ref.qualifier)
                self._one(lookup.origin if lookup else ref.qualifier, ref, text, at)

    def _one(self, dataset: str, ref: Ref, text: str, at: Location) -> None:
        target = self.study.datasets.get(dataset)
        variable = target.variables.get(ref.name) if target else None
        if variable is None:
            return
        standard = self.standards[dataset].get(ref.name)
        terms = codelist_of(variable, standard, self.study.codelists)
        if terms is not None and not terms.extensible and text not in terms:
            self.notes.warning(
                f"{ref} is never {text!r}, which is not in codelist {terms.name}",
                at,
                nearest(text, terms.by_value, "Its terms are"),
            )


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
    for argument in arguments:
        match argument:
            case (
                model.ExpressionArgument(expression=expression)
                | model.ConditionArgument(expression=expression)
            ):
                yield expression
            case model.ListArgument(items=items):
                yield from _expressions(items)
            case model.GroupArgument(fields=fields):
                yield from _expressions(fields.values())
