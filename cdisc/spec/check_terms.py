"""Codelists named in specs, and texts written in specs against the codelist they must be in.

A misspelled term in a `recode` is found here, before any data is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cdisc.errors import Location, did_you_mean
from cdisc.model import Codelist
from cdisc.spec import model
from cdisc.spec.codelists import Codelists
from cdisc.spec.model import Call, DatasetSpec, VariableSpec
from cdisc.spec.needs import row_calls
from cdisc.spec.notes import Notes, nearest, step
from cdisc.standards import VariableStandard

WRITTEN: Mapping[str, tuple[str, ...]] = {
    "constant": ("value",),
    "recode": ("to", "missing_as"),
    "choose": ("cases", "otherwise"),
}
"""The arguments of algorithms that hold the very texts a variable gets."""


def check_terms(
    spec: DatasetSpec,
    standards: Mapping[str, VariableStandard],
    codelists: Codelists,
    notes: Notes,
) -> None:
    """Reports unknown codelists and texts outside them; `standards` by variable name."""
    for variable in (*spec.variables.values(), *spec.supplemental.values()):
        standard = standards.get(variable.name)
        terms = _codelist(variable, standard, codelists, notes)
        for name in terms_of(variable.call.arguments.values()):
            _named(name, variable, terms, codelists, notes)
        by_test = [codelists.find(n) for n in set(spec.level_codelists(variable.name).values())]
        texts = tuple(
            text
            for text in dict.fromkeys(written_texts(variable.call))
            if not any(known is not None and text in known for known in by_test)
        )
        if terms is not None:
            _texts(texts, terms, variable.at, notes)
        elif standard is not None and standard.values:
            _values(texts, standard, variable.at, notes)
    for levels in spec.value_levels:
        for name in sorted(set(levels.codelists.values())):
            _exists(name, step(spec.at, "value_levels"), codelists, notes)
    for variable in spec.variables.values():
        for argument in levels_of(variable.call.arguments.values()):
            _levels(argument, spec, notes)
    for call in row_calls(spec.rows):
        for argument in levels_of(call.arguments.values()):
            notes.error("value levels are not known while rows are made", argument.at)
        for name in terms_of(call.arguments.values()):
            if name:
                _exists(name, call.at, codelists, notes)
            else:
                notes.error(
                    f"{call.algorithm.name} needs a codelist, and a column of rows has none",
                    call.at,
                    "Name one: list: NAME among its arguments",
                )


def _codelist(
    variable: VariableSpec,
    standard: VariableStandard | None,
    codelists: Codelists,
    notes: Notes,
) -> Codelist | None:
    """The codelist of a variable, its name checked."""
    if variable.codelist:
        return _exists(variable.codelist, variable.at, codelists, notes)
    return codelist_of(variable, standard, codelists)


def codelist_of(
    variable: VariableSpec, standard: VariableStandard | None, codelists: Codelists
) -> Codelist | None:
    """The codelist of a variable: the spec's, or the standard's when it names exactly one."""
    if variable.codelist:
        return codelists.find(variable.codelist)
    if standard is not None and len(standard.codelists) == 1:
        return codelists.find(standard.codelists[0])
    return None


def _exists(name: str, at: Location, codelists: Codelists, notes: Notes) -> Codelist | None:
    found = codelists.find(name)
    if found is None:
        hint = codelists.hint(name)
        notes.error(
            f"there is no codelist {name} in {codelists.published.standard} or "
            "define/codelists.yaml",
            at,
            hint or "Declare your own in define/codelists.yaml",
        )
    return found


def _named(
    name: str,
    variable: VariableSpec,
    own: Codelist | None,
    codelists: Codelists,
    notes: Notes,
) -> None:
    if name:
        _exists(name, variable.at, codelists, notes)
    elif own is None and not variable.codelist:
        notes.error(
            f"{variable.call.algorithm.name} needs a codelist, and the variable has none",
            variable.at,
            "Name one: codelist: NAME beside it",
        )


def _levels(argument: model.LevelTermsArgument, spec: DatasetSpec, notes: Notes) -> None:
    """Only a variable whose value levels have codelists can be asked for them."""
    if not spec.level_codelists(argument.variable):
        known = [name for levels in spec.value_levels if levels.codelists for name in levels.of]
        notes.error(
            f"the value levels of {argument.variable} have no codelists",
            argument.at,
            nearest(argument.variable, known, "There are codelists for")
            if known
            else "Say under value_levels: codelists: {CODELIST: [CODE]}",
        )


def levels_of(arguments: Iterable[model.Argument]) -> Iterator[model.LevelTermsArgument]:
    """The arguments that ask for the codelists of value levels."""
    return (a for a in arguments if isinstance(a, model.LevelTermsArgument))


def _texts(texts: Iterable[str], terms: Codelist, at: Location, notes: Notes) -> None:
    known = terms.by_value
    for text in texts:
        if text in known:
            continue
        if terms.extensible:
            near = did_you_mean(text, known)
            hint = near or f"If it is yours, let define/codelists.yaml extend {terms.name}"
            notes.warning(f"{text!r} is not in the extensible codelist {terms.name}", at, hint)
        else:
            hint = nearest(text, known, "Its terms are")
            notes.error(f"{text!r} is not in codelist {terms.name}", at, hint)


def _values(texts: Iterable[str], standard: VariableStandard, at: Location, notes: Notes) -> None:
    for text in texts:
        if text not in standard.values:
            allowed = ", ".join(standard.values)
            notes.error(f"{text!r} is not allowed here", at, f"The standard allows {allowed}")


def written_texts(call: Call) -> Iterator[str]:
    """The texts that a call writes into its variable as they stand in the spec."""
    for name in WRITTEN.get(call.algorithm.name, ()):
        argument = call.arguments.get(name)
        if argument is not None:
            yield from (text for text in _plain_texts(argument) if text.strip())


def _plain_texts(argument: model.Argument) -> Iterator[str]:
    match argument:
        case model.PlainArgument(value=str(text)):
            yield text.strip()
        case model.PlainArgument(value=dict(texts)):
            yield from (text.strip() for text in texts.values())
        case model.ListArgument(items=items):
            for item in items:
                yield from _plain_texts(item)
        case model.GroupArgument(fields=fields):
            yield from _plain_texts(fields.get("text", model.PlainArgument(None)))


def terms_of(arguments: Iterable[model.Argument]) -> Iterator[str]:
    """The codelists that arguments name; empty for the variable's own."""
    for argument in model.leaves(arguments):
        if isinstance(argument, model.TermsArgument):
            yield argument.name
