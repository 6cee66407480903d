"""Which texts a column can hold, as far as the specs alone decide it.

They do where a variable has a closed codelist, where the standard lists its values, where the
spec writes the very texts (`constant`, `recode`, `choose`), where an algorithm declares what it
makes, and for the codes of parameters that all have a label.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from cdisc.spec import model
from cdisc.spec.check_terms import codelist_of, written_texts
from cdisc.spec.expressions import Binary, Expr, In, Literal, Ref
from cdisc.spec.model import Call, DatasetSpec, Rows
from cdisc.spec.needs import automatic, meaning
from cdisc.spec.parameter_lists import CODE
from cdisc.spec.study import StudySpec
from cdisc.standards import VariableStandard

Standards = Mapping[str, Mapping[str, VariableStandard]]
"""What the standard says of each variable, by dataset and name."""

Texts = frozenset[str]


@dataclass(frozen=True, slots=True)
class Possible:
    """The texts a column can hold, and how "it is never ..." goes on to say why those."""

    texts: Texts
    why: str


class PossibleTexts:
    """Answers for the columns of all datasets of a study."""

    def __init__(self, study: StudySpec, standards: Standards) -> None:
        self.study = study
        self.standards = standards
        self._asked: set[tuple[str, str]] = set()

    def of_dataset(
        self, dataset: str, name: str, parameters: Collection[str] | None = None
    ) -> Possible | None:
        """A variable of a dataset, for records of some of its parameters; None when open."""
        spec = self.study.datasets.get(dataset)
        if spec is None or name not in spec.variables:
            return None
        asked = (dataset, name)
        if asked in self._asked:
            return None
        self._asked.add(asked)
        try:
            return self._listed(spec, name) or self._variable(spec, name, parameters)
        finally:
            self._asked.discard(asked)

    def of_rows(self, spec: DatasetSpec, rows: Rows, name: str) -> Possible | None:
        """A column of rows of a dataset, when the steps before `keep` are done.

        What only a variable says that is a copy of the column holds for the column.
        """
        found = self._column(spec, rows, name)
        if found is not None:
            return found
        for variable in spec.variables.values():
            ref = variable.call.copied
            if ref in (Ref(name), Ref(name, "source")):
                return self._listed(spec, variable.name)
        return None

    def before_derive(self, spec: DatasetSpec, rows: Rows, name: str) -> Possible | None:
        """A column of rows of a dataset as the steps `where` and `set` see it."""
        own = spec.rows.parameters
        if name not in rows.columns and rows.origin in own:
            return self.of_rows(spec, own[rows.origin], name)
        return self._set(spec, rows, name)

    # ---- variables ---------------------------------------------------------------------

    def _listed(self, spec: DatasetSpec, name: str) -> Possible | None:
        """By codelist or standard."""
        variable = spec.variables[name]
        standard = self.standards[spec.name].get(name)
        terms = codelist_of(variable, standard, self.study.codelists)
        if terms is not None:
            closed = not (terms.extensible or terms.open)
            why = f", which is not in codelist {terms.name}"
            return Possible(frozenset(terms.by_value), why) if closed else None
        if standard is not None and standard.values and not variable.codelist:
            return Possible(frozenset(standard.values), ", which the standard does not allow")
        return None

    def _variable(
        self, spec: DatasetSpec, name: str, parameters: Collection[str] | None
    ) -> Possible | None:
        call = spec.variables[name].call
        why = f" as {spec.name} makes it"
        ref = call.copied
        if ref is None:
            return _written(call, why)
        match meaning(ref, spec, name):
            case "own":
                return self.of_dataset(spec.name, ref.name, parameters)
            case "source" if spec.rows.parameters:
                parts = spec.rows.parameters
                asked = parts if parameters is None else parts.keys() & set(parameters)
                found = (self._column(spec, parts[code], ref.name) for code in asked)
                return _union(found, why) if asked else None
            case "source":
                return self._column(spec, spec.rows, ref.name)
            case "lookup":
                lookup = spec.lookups.get(ref.qualifier)
                return self.of_dataset(lookup.origin if lookup else ref.qualifier, ref.name)
        return None

    # ---- columns of rows ---------------------------------------------------------------

    def _column(self, spec: DatasetSpec, rows: Rows, name: str) -> Possible | None:
        """A column after all steps."""
        why = " in these rows"
        if rows.parameter is not None and name in rows.parameter.columns:
            value = rows.parameter.columns[name]
            return Possible(frozenset((value,)), why) if isinstance(value, str) else None
        if rows.derive is not None:
            algorithm = rows.derive.call.algorithm
            if name in algorithm.makes:
                held = algorithm.holds.get(name)
                return None if held is None else Possible(frozenset(held), why)
            if name not in rows.derive.by:
                return Possible(frozenset(), why)
        if rows.summarize is not None and name not in rows.summarize.by:
            return None
        if rows.unpivot is not None and name == rows.unpivot.name:
            return Possible(frozenset(rows.unpivot.each), why)
        if rows.unpivot is not None and name in rows.unpivot.columns:
            return None
        return self._set(spec, rows, name)

    def _set(self, spec: DatasetSpec, rows: Rows, name: str) -> Possible | None:
        """A column after `set`."""
        if name not in rows.columns:
            return self._start(spec, rows, name)
        call = rows.columns[name]
        ref = call.copied
        if ref is None:
            return _written(call, " in these rows")
        if ref.qualifier not in ("", "source"):
            return self.of_dataset(ref.qualifier, ref.name)
        # a step before may have made it anew, so only a column of the start is followed
        return None if ref.name in rows.columns else self._start(spec, rows, ref.name)

    def _start(self, spec: DatasetSpec, rows: Rows, name: str) -> Possible | None:
        why = " in these rows"
        own = spec.rows.parameters
        if rows.origin in own:
            return self._column(spec, own[rows.origin], name)
        target = self.study.datasets.get(rows.origin)
        if target is not None:
            if name not in (*target.variables, *target.supplemental, *automatic(target)):
                return Possible(frozenset(), why)
            return self.of_dataset(target.name, name, selected(rows.where))
        if rows.stack:
            return _union((self._column(spec, part, name) for part in rows.stack), why)
        if rows.values:
            cells = (cells.get(name) for cells, _ in rows.values)
            return Possible(frozenset(cell for cell in cells if cell), why)
        return None


def _union(parts: Iterable[Possible | None], why: str) -> Possible | None:
    found: set[str] = set()
    for part in parts:
        if part is None:
            return None
        found |= part.texts
    return Possible(frozenset(found), why)


def selected(condition: Expr | None) -> Texts | None:
    """The parameters that a condition asks for by PARAMCD; None when it asks for none."""
    match condition:
        case Binary(operator="and", left=left, right=right):
            both = [found for found in (selected(left), selected(right)) if found is not None]
            return frozenset.intersection(*both) if both else None
        case (
            Binary(operator="==", left=Ref(name=name, qualifier=""), right=Literal(value=str(text)))
            | Binary(operator="==", left=Literal(value=str(text)), right=Ref(name=name))
        ) if name == CODE:
            return frozenset((text,))
        case In(value=Ref(name=name, qualifier=""), choices=choices, negated=False) if name == CODE:
            return frozenset(item.value for item in choices if isinstance(item.value, str))
    return None


def _written(call: Call, why: str) -> Possible | None:
    """The texts that a call writes, where it can write no others."""
    match call.algorithm.name:
        case "constant":
            pass
        case "recode":
            if call.arguments["if_unmapped"] == model.PlainArgument("keep"):
                return None
        case "choose":
            cases = call.arguments["cases"]
            if not isinstance(cases, model.ListArgument) or not all(map(_is_text, cases.items)):
                return None
        case _:
            return None
    return Possible(frozenset(written_texts(call)), why)


def _is_text(case: model.Argument) -> bool:
    return isinstance(case, model.GroupArgument) and (
        case.fields.get("value", model.PlainArgument(None)) == model.PlainArgument(None)
    )
