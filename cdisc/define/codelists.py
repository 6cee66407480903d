"""Codelists as a study uses them: cut to what is used or short, extensions marked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from lxml import etree

from cdisc.algorithms.columns.coded import coded
from cdisc.algorithms.columns.uniques import arrow_text
from cdisc.define.conditions import selected
from cdisc.define.draft import slug
from cdisc.define.xml import element, translated, yes
from cdisc.errors import Location, SpecError, did_you_mean
from cdisc.model import Codelist, Dataset, Dictionary, Term, Variable

SHORT_LIST = 20
"""A list of at most this many terms is shown whole, so that a reviewer sees what was allowed."""

_DECODED_BY = {"QNAM": "QLABEL"}


@dataclass(eq=False)
class _Use:
    """How the data use one codelist: the values seen and what decodes them, by kind of item."""

    data_type: str
    values: dict[str, str] = field(default_factory=dict)


class Codelists:
    """The codelists and dictionaries that the variables of one define.xml refer to."""

    def __init__(
        self,
        codelists: Mapping[str, Codelist],
        datasets: Sequence[Dataset],
        dictionaries: Sequence[Dictionary] = (),
    ) -> None:
        self._known = codelists
        self._versions = {dictionary.name: dictionary for dictionary in dictionaries}
        self._uses: dict[tuple[str, bool], _Use] = {}
        self._dictionaries: dict[tuple[str, bool], str] = {}
        for dataset in datasets:
            for variable in dataset.variables:
                self._read(dataset, variable)
        self._oids = _oids([*sorted(self._uses), *sorted(self._dictionaries)])

    def _read(self, dataset: Dataset, variable: Variable) -> None:
        place = f"{dataset.name}.{variable.name}"
        if variable.codelist and variable.dictionary:
            raise SpecError(
                f"both the codelist {variable.codelist} and the dictionary {variable.dictionary}",
                at=Location(name=place),
                hint="A variable has one of the two",
            )
        if variable.dictionary:
            key = (variable.dictionary, _is_number(variable.data_type))
            self._dictionaries.setdefault(key, variable.data_type)
        coded = variable.codelist or any(level.codelist for level in variable.values)
        if not coded:
            return
        frame = dataset.frame
        terms = _Terms(frame, variable.name, *decoded_by(dataset, variable))
        if variable.codelist:
            self._add(place, variable.codelist, variable.data_type, terms.seen())
        for level in variable.values:
            if level.codelist:
                rows = selected(frame, level.where, dataset.name).to_numpy()
                self._add(place, level.codelist, level.data_type, terms.seen(rows))

    def _add(self, place: str, name: str, data_type: str, seen: Mapping[str, str]) -> None:
        if name not in self._known:
            raise SpecError(
                f"there is no codelist {name}",
                at=Location(name=place),
                hint=did_you_mean(name, self._known),
            )
        use = self._uses.setdefault((name, _is_number(data_type)), _Use(_list_type(data_type)))
        if use.data_type == "integer" and data_type == "float":
            use.data_type = "float"
        for value, decode in seen.items():
            use.values[value] = use.values.get(value) or decode

    def reference(self, codelist: str, dictionary: str, data_type: str) -> etree._Element | None:
        """`CodeListRef` of an item, or None when it has no list or the list no term to show."""
        name, is_number = dictionary or codelist, _is_number(data_type)
        if not name or (not dictionary and not self._terms(name, is_number)):
            return None
        return element("CodeListRef", {"CodeListOID": self._oids[(name, is_number)]})

    def standards(self) -> list[str]:
        """The published packages (`sdtmct-2025-03-28`) that the lists used come from, sorted."""
        names = {self._known[name].standard for name, _ in self._uses}
        return sorted(names - {""})

    def elements(
        self,
        standard_oids: Mapping[str, str],
        comment: Callable[[Sequence[str], str], str | None],
    ) -> list[etree._Element]:
        """`CodeList` elements: lists by name, then dictionaries.

        `comment` gives the OID of a comment from the parts of its name and its text.
        """
        made = []
        for key, use in sorted(self._uses.items(), key=lambda item: item[0]):
            terms = self._terms(*key)
            if terms:
                codelist = self._known[key[0]]
                said = comment(("CL", codelist.name), codelist.comment)
                made.append(
                    _list_element(self._oids[key], codelist, use, terms, standard_oids, said)
                )
        for key, data_type in sorted(self._dictionaries.items()):
            dictionary = self._versions.get(key[0]) or _parted(key[0])
            made.append(_dictionary_element(self._oids[key], dictionary, _list_type(data_type)))
        return made

    def _terms(self, name: str, is_number: bool) -> list[Term]:
        return cut(self._known[name], self._uses[(name, is_number)].values)


def _oids(keys: Sequence[tuple[str, bool]]) -> dict[tuple[str, bool], str]:
    """`CL.NY`; `.NUM` for the numeric form of a list that text uses too; `.2` for a like name."""
    oids: dict[tuple[str, bool], str] = {}
    for name, is_number in keys:
        base = f"CL.{slug(name)}" + (".NUM" if is_number and (name, False) in keys else "")
        oid, number = base, 1
        while oid in oids.values():
            number += 1
            oid = f"{base}.{number}"
        oids[(name, is_number)] = oid
    return oids


def cut(codelist: Codelist, seen: Mapping[str, str]) -> list[Term]:
    """The terms that define.xml lists, given the values in the data and their decodes.

    A published or declared term is listed when the data have it, or when the whole list has at
    most `SHORT_LIST` terms. A value outside an extensible list is added after them, sorted, as
    the sponsor's extension; a value outside a closed list is not a term and is left to the
    checks. Terms keep the order of the list.
    """
    whole = len(codelist.terms) <= SHORT_LIST
    terms = [term for term in codelist.terms if whole or term.value in seen]
    if codelist.extensible or codelist.open:
        terms.extend(
            Term(value, decode=seen[value], extended=True)
            for value in sorted(set(seen) - set(codelist.by_value))
        )
    return terms


class _Terms:
    """The values of a variable as text, with what a partner variable spells out beside them."""

    def __init__(self, frame: pd.DataFrame, name: str, partner: str = "") -> None:
        column = frame[name]
        self._dates = pd.api.types.is_datetime64_any_dtype(column.dtype)
        if self._dates:
            return
        self._codes, self._values = _coded(column)
        if partner:
            self._partners, self._decodes = _coded(frame[partner])
        else:
            self._partners, self._decodes = np.full(len(frame), -1, dtype=np.int64), []

    def seen(self, rows: npt.NDArray[np.bool_] | None = None) -> dict[str, str]:
        """Each value on these rows, or on all, with its decode where there is one and only one."""
        if self._dates:
            return {}
        there = self._codes >= 0 if rows is None else rows & (self._codes >= 0)
        size = len(self._decodes) + 1
        pairs = np.unique(self._codes[there] * size + self._partners[there] + 1).tolist()
        decodes: dict[str, set[str]] = {}
        for pair in pairs:
            code, partner = divmod(pair, size)
            found = decodes.setdefault(self._values[code], set())
            if partner and self._decodes[partner - 1]:
                found.add(self._decodes[partner - 1])
        # an empty text is no value
        decodes.pop("", None)
        return {value: min(found) if len(found) == 1 else "" for value, found in decodes.items()}


def _coded(column: pd.Series[Any]) -> tuple[npt.NDArray[np.int64], list[str]]:
    """A code for each row, -1 where missing, and the text of each code."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        codes, uniques = pd.factorize(column)
        return codes.astype(np.int64), [f"{value:.15g}" for value in uniques.tolist()]
    found = coded(arrow_text(column))
    return found.codes, found.texts.to_pylist()


def decoded_by(dataset: Dataset, variable: Variable) -> tuple[str, ...]:
    """The variable that spells out the codes of another, if there is one."""
    partner = _partner(dataset, variable)
    return (partner,) if partner else ()


def _partner(dataset: Dataset, variable: Variable) -> str:
    """The variable that spells out a short code: `VSTEST` for `VSTESTCD`."""
    names = {v.name for v in dataset.variables if v.type == "Char"}
    wanted = _DECODED_BY.get(variable.name) or variable.name.removesuffix("CD")
    return wanted if wanted in names and wanted != variable.name else ""


def _is_number(data_type: str) -> bool:
    return data_type in ("integer", "float")


def _list_type(data_type: str) -> str:
    return data_type if _is_number(data_type) else "text"


def _list_element(
    oid: str,
    codelist: Codelist,
    use: _Use,
    terms: Sequence[Term],
    standard_oids: Mapping[str, str],
    comment: str | None,
) -> etree._Element:
    # Decodes that only repeat the value tell nothing; Define-XML has EnumeratedItem for those.
    decoded = any(t.decode and t.decode.casefold() != t.value.casefold() for t in terms)
    attributes: dict[str, str | None] = {
        "OID": oid,
        "Name": codelist.label or codelist.name,
        "DataType": use.data_type,
        "def:StandardOID": standard_oids.get(codelist.standard),
        "def:IsNonStandard": yes(not codelist.standard),
        "def:CommentOID": comment,
    }
    made = element("CodeList", attributes)
    for number, term in enumerate(terms, start=1):
        item = element(
            "CodeListItem" if decoded else "EnumeratedItem",
            {
                "CodedValue": term.value,
                "OrderNumber": str(number),
                "def:ExtendedValue": yes(term.extended and bool(codelist.standard)),
            },
        )
        if decoded:
            item.append(translated("Decode", term.decode or term.value))
        if codelist.standard and term.code:
            item.append(_nci_alias(term.code))
        made.append(item)
    if codelist.standard and codelist.code:
        made.append(_nci_alias(codelist.code))
    return made


def _nci_alias(code: str) -> etree._Element:
    return element("Alias", {"Context": "nci:ExtCodeID", "Name": code})


def _parted(text: str) -> Dictionary:
    """A dictionary from its name and version in one text: `MedDRA 27.1`.

    The last word is the version if it has a digit; the number of a standard (`ISO 3166`) is not.
    """
    name, _, version = text.rpartition(" ")
    if not name or name == "ISO" or not any(map(str.isdigit, version)):
        return Dictionary(text)
    return Dictionary(name, version)


def _dictionary_element(oid: str, dictionary: Dictionary, data_type: str) -> etree._Element:
    external = element(
        "ExternalCodeList",
        {
            "Dictionary": dictionary.name,
            "Version": dictionary.version or None,
            "href": dictionary.href or None,
        },
    )
    name = f"{dictionary.name} {dictionary.version}".strip()
    attributes: dict[str, str | None] = {"OID": oid, "Name": name, "DataType": data_type}
    return element("CodeList", attributes, external)
