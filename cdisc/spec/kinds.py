"""Which kind of values a column holds, as far as the specs alone decide it: text, number, date.

A date is one that ADaM counts in days or seconds; an ISO 8601 date of SDTM is text. Cells of
sources are text. A variable is what its algorithm gives, in the type that the spec or the standard
says; what depends on arguments is followed through them, and otherwise left open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from cdisc.model.dataset import SasType
from cdisc.spec import model
from cdisc.spec.expressions import Binary, Expr, In, Negative, Not, Ref
from cdisc.spec.expressions import Call as FunctionCall
from cdisc.spec.expressions import Literal as Written
from cdisc.spec.model import Call, DatasetSpec, Rows, VariableSpec
from cdisc.spec.needs import automatic, meaning
from cdisc.spec.possible_texts import Standards
from cdisc.spec.study import StudySpec
from cdisc.standards.moments import moment
from cdisc.standards.sas_format import parse_format

Kind = Literal["", "text", "number", "date", "absent"]
"""Empty: not known without data. Absent: there is no such column."""

Look = Callable[[Ref], Kind]

# What the columns of record algorithms are that BDS and BDS-TTE have, by ADaMIG 1.3, section 3.3.
_MADE: Mapping[str, Kind] = {
    **dict.fromkeys(("AVAL", "CNSR", "SRCSEQ"), "number"),
    **dict.fromkeys(("ADT", "STARTDT"), "date"),
    **dict.fromkeys(("AVALC", "SRCDOM", "SRCVAR", "EVNTDESC", "CNSDTDSC"), "text"),
}
_SAME_AS = {"copy": "of", "following": "of", "preceding": "of", "first_present": "of"}
_BY_GIVE = ("extreme_date", "exposure_date")
_FUNCTIONS: Mapping[str, Kind] = {
    **dict.fromkeys(("number", "abs", "year"), "number"),
    **dict.fromkeys(("text", "upper", "trim", "date"), "text"),
}


class Kinds:
    """Answers for the columns of all datasets of a study.

    What a source holds whose columns study.yaml does not list is left open: it may lack any.
    """

    def __init__(self, study: StudySpec, standards: Standards) -> None:
        self.study = study
        self.standards = standards
        self._known: dict[tuple[str, str], Kind] = {}

    def of_origin(self, origin: str, name: str) -> Kind:
        """A column of a source or table, or a variable of a dataset."""
        spec = self.study.datasets.get(origin)
        if spec is not None:
            return self.of_dataset(spec, name)
        source, table = self.study.sources.get(origin), self.study.tables.get(origin)
        columns = source.columns if source else frozenset(table.columns) if table else None
        if not columns:
            return ""
        return "text" if name in columns else "absent"

    def of_dataset(self, spec: DatasetSpec, name: str) -> Kind:
        """A variable or qualifier as other specs, and later variables, read it."""
        variable = spec.variables.get(name)
        if variable is None:
            known = name in spec.supplemental or name in automatic(spec)
            return "text" if known else "absent"
        asked = (spec.name, name)
        if asked not in self._known:
            self._known[asked] = ""
            self._known[asked] = self._variable(spec, variable)
        return self._known[asked]

    def in_variable(self, spec: DatasetSpec, ref: Ref, inside: str) -> Kind:
        """What a name means in the variable `inside` of a spec."""
        match meaning(ref, spec, inside):
            case "own":
                return self.of_dataset(spec, ref.name)
            case "source":
                return self.of_rows(spec, spec.rows, ref.name)
            case "lookup":
                lookup = spec.lookups.get(ref.qualifier)
                return self.of_origin(lookup.origin if lookup else ref.qualifier, ref.name)
        return ""

    def in_rows(self, spec: DatasetSpec, rows: Rows, ref: Ref, before: str = "") -> Kind:
        """What a name means where rows `set` `before`; in their `derive` if that is empty."""
        if ref.qualifier not in ("", "source"):
            return self.of_origin(ref.qualifier, ref.name)
        if not before:
            return self.before_derive(spec, rows, ref.name)
        names = list(rows.columns)
        return self._set(spec, rows, ref.name, names[: names.index(before)])

    def of_rows(self, spec: DatasetSpec, rows: Rows, name: str) -> Kind:
        """A column of rows of a dataset after all steps."""
        if rows.parameter is not None and name in rows.parameter.columns:
            return "text" if isinstance(rows.parameter.columns[name], str) else "number"
        if rows.derive is not None and name not in rows.derive.by:
            made = name in rows.derive.call.algorithm.makes
            return _MADE.get(name, "") if made else "absent"
        return self.before_derive(spec, rows, name)

    def before_derive(self, spec: DatasetSpec, rows: Rows, name: str) -> Kind:
        """A column of rows as `derive` sees it: after all other steps."""
        if rows.summarize is not None and name not in rows.summarize.by:
            if name not in rows.summarize.columns:
                return "absent"
            function, of = rows.summarize.columns[name]
            if function in ("sum", "count", "min", "max"):
                return "number"
            return self._unpivoted(spec, rows, of)
        return self._unpivoted(spec, rows, name)

    def of_cell(self, spec: DatasetSpec, rows: Rows, cell: str | model.PlainArgument) -> Kind:
        """What one test of an unpivot takes its value from."""
        return self._set(spec, rows, cell, list(rows.columns)) if isinstance(cell, str) else "text"

    def of_call(self, call: Call, look: Look) -> Kind:
        """What an algorithm fills a variable with, given what names mean to it."""
        algorithm = call.algorithm
        if algorithm.gives:
            return algorithm.gives
        match call.arguments.get(_SAME_AS.get(algorithm.name, "")):
            case model.ColumnArgument(ref=ref):
                return look(ref)
            case model.ColumnsArgument(refs=refs):
                return one_of(look(ref) for ref in refs)
        match call.arguments.get("expression"), call.arguments.get("cases"):
            case model.ExpressionArgument(expression=expression), _:
                return of_expression(expression, look)
            case _, model.ListArgument(items=cases):
                return _of_cases(call, cases, look)
        if algorithm.name in _BY_GIVE:
            return "text" if call.texts.get("give", "").endswith("flag") else "date"
        return ""

    # ---- variables ---------------------------------------------------------------------

    def copied_text(self, spec: DatasetSpec, variable: VariableSpec) -> Ref | None:
        """The --DTC that a numeric date is a mere copy of, which makes it no date; else None."""
        ref = variable.call.copied
        dated = moment(variable.name) or _dated(variable.format)
        if ref is None or variable.intermediate or not dated or not ref.name.endswith("DTC"):
            return None
        if self._type(spec, variable, "text") != "Num":
            return None
        match meaning(ref, spec, variable.name):
            case "own":
                origin = spec.name
            case "lookup":
                lookup = spec.lookups.get(ref.qualifier)
                origin = lookup.origin if lookup else ref.qualifier
            case _:
                origin = "" if ref.name in spec.rows.columns else spec.rows.origin
        is_text = origin in self.study.datasets and self.of_origin(origin, ref.name) == "text"
        return ref if is_text else None

    def _variable(self, spec: DatasetSpec, variable: VariableSpec) -> Kind:
        made = self.of_call(variable.call, lambda ref: self.in_variable(spec, ref, variable.name))
        if variable.intermediate:
            return made
        if self.copied_text(spec, variable) is not None:
            return ""  # told where it is copied, not wherever it is read
        match self._type(spec, variable, made):
            case "Char":
                return "text"
            case "Num" if made == "text":
                return "number"
            case "Num" if not made and not (moment(variable.name) or _dated(variable.format)):
                return "number"
            case "Num":
                return made
        return ""

    def _type(self, spec: DatasetSpec, variable: VariableSpec, made: Kind) -> SasType | None:
        """Char or Num; None where only a copy could tell and what it is a copy of is not known."""
        standard = self.standards[spec.name].get(variable.name)
        if variable.type or standard is not None:
            return variable.type or (standard.type if standard else None)
        if spec.layer == "sdtm":
            return "Char"
        dated = bool(moment(variable.name)) or variable.name.endswith("DY")
        if variable.call.copied is None:
            return "Num" if dated else "Char"
        if made == "text" and not dated:
            return "Char"
        return "Num" if made in ("number", "date") and dated else None

    # ---- columns of rows ---------------------------------------------------------------

    def _unpivoted(self, spec: DatasetSpec, rows: Rows, name: str) -> Kind:
        step = rows.unpivot
        if step is not None and name == step.name:
            return "text"
        if step is not None and name in step.columns:
            cells = (test[name] for test in step.each.values() if name in test)
            return one_of(self.of_cell(spec, rows, cell) for cell in cells)
        return self._set(spec, rows, name, list(rows.columns))

    def _set(self, spec: DatasetSpec, rows: Rows, name: str, made: list[str]) -> Kind:
        """A column when `set` has made the columns `made`."""
        if name not in made:
            return self._start(spec, rows, name)
        return self.of_call(rows.columns[name], lambda ref: self.in_rows(spec, rows, ref, name))

    def _start(self, spec: DatasetSpec, rows: Rows, name: str) -> Kind:
        own = spec.rows.parameters
        if rows.origin in own:
            return self.of_rows(spec, own[rows.origin], name)
        if rows.origin:
            return self.of_origin(rows.origin, name)
        if rows.stack:
            return one_of(self.of_rows(spec, part, name) for part in rows.stack)
        return "text" if any(name in cells for cells, _ in rows.values) else "absent"


def one_of(kinds: Iterable[Kind]) -> Kind:
    """The kind of all columns that there are; empty where one is not known or they differ."""
    found = set(kinds) - {"absent"}
    return "absent" if not found else found.pop() if len(found) == 1 else ""


def _dated(written: str) -> bool:
    """Whether a format shows dates or times."""
    known = parse_format(written)
    return known is not None and known.time_kind is not None


def _of_cases(call: Call, cases: tuple[model.Argument, ...], look: Look) -> Kind:
    """What `choose` gives: text, unless every case gives a number, or every one a date."""
    kinds: set[Kind] = {"text"} if call.texts.get("otherwise") else set()
    for case in cases:
        given = case.fields.get("value") if isinstance(case, model.GroupArgument) else None
        kinds.add(look(given.ref) if isinstance(given, model.ColumnArgument) else "text")
    if "text" in kinds:
        return "text"
    return one_of(kinds) if "" not in kinds else ""


def of_expression(expression: Expr, look: Look) -> Kind:
    """What an expression gives; empty for a condition."""
    match expression:
        case Ref():
            return look(expression)
        case Written(value=value):
            return "text" if isinstance(value, str) else "number"
        case Negative():
            return "number"
        case FunctionCall(function=function):
            return _FUNCTIONS.get(function, "")
        case Binary(operator="*" | "/"):
            return "number"
        case Binary(operator="+" | "-" as operator, left=left, right=right):
            match of_expression(left, look), of_expression(right, look):
                case ("date", "date"):
                    return "number" if operator == "-" else ""
                case ("date", "number"):
                    return "date"
                case ("number", "number"):
                    return "number"
        case Binary() | Not() | In():
            pass
    return ""
