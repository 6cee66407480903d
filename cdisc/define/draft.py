"""A define.xml in the making: its definitions by kind, and the OIDs that name them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from cdisc.define.xml import element, translated, with_text
from cdisc.errors import Location, SpecError
from cdisc.model import Condition, Dataset, Document, StudyInfo

_NOT_IN_OID = re.compile(r"[^A-Za-z0-9_-]+")
_MAX_OID = 120
_PAGE = re.compile(r"\d+")
_PAGES = re.compile(r"(\d+)\s*-\s*(\d+)")


def slug(text: str) -> str:
    """A text as a part of an OID: letters, digits, `_` and `-`; nothing is `NULL`."""
    return _NOT_IN_OID.sub("_", text).strip("_") or "NULL"


@dataclass(eq=False)
class Draft:
    """The parts of one `MetaDataVersion`, each in the order in which it was added."""

    study: StudyInfo
    datasets: Sequence[Dataset]
    archive_suffix: str
    value_lists: list[etree._Element] = field(default_factory=list)
    where_clauses: list[etree._Element] = field(default_factory=list)
    item_groups: list[etree._Element] = field(default_factory=list)
    items: list[etree._Element] = field(default_factory=list)
    methods: list[etree._Element] = field(default_factory=list)
    comments: list[etree._Element] = field(default_factory=list)
    _taken: dict[str, object] = field(default_factory=dict)

    def oid(self, parts: Sequence[str], meaning: object) -> tuple[str, bool]:
        """A readable OID for `meaning`, and whether it is new.

        The same parts and meaning give the same OID again; another meaning that would read the
        same (`A/B` and `A_B`) gets `.2`, `.3`, in the order of asking.
        """
        base = ".".join((parts[0], *map(slug, parts[1:])))[:_MAX_OID]
        oid, number = base, 1
        while oid in self._taken and self._taken[oid] != meaning:
            number += 1
            oid = f"{base}.{number}"
        is_new = oid not in self._taken
        self._taken[oid] = meaning
        return oid, is_new

    def method(self, parts: Sequence[str], text: str, name: str = "") -> str | None:
        """The OID of the method with this text, or None for an empty text.

        A method with a name of its own (`MT.EPOCH`) has that OID, followed by the dataset's
        where variables that refer to it are computed from different columns.
        """
        if not text.strip():
            return None
        title = f"Algorithm to derive {' '.join((f'{parts[0]}.{parts[1]}', *parts[2:]))}"
        named = tuple(name.split(".", 1))
        if name and len(self._texts_of_method(name)) > 1:
            title = f"Algorithm {name.partition('.')[2]} for {parts[0]}"
            named += (parts[0],)
        elif name:
            title = f"Algorithm {name.partition('.')[2]}"
        oid, is_new = self.oid(named if name else ("MT", *parts), text)
        if is_new:
            kind = "Imputation" if text.lstrip().casefold().startswith("imput") else "Computation"
            attributes: dict[str, str | None] = {"OID": oid, "Name": title, "Type": kind}
            made = element("MethodDef", attributes, translated("Description", text))
            made.extend(self._note_documents(name))
            self.methods.append(made)
        return oid

    def _texts_of_method(self, name: str) -> frozenset[str]:
        return self._method_texts.get(name, frozenset())

    @cached_property
    def _method_texts(self) -> dict[str, frozenset[str]]:
        """For each method with a name, the texts it has for the variables that refer to it."""
        found: dict[str, set[str]] = {}
        for dataset in self.datasets:
            for variable in dataset.variables:
                told = [(variable.method_name, variable.method)]
                told += [(level.method_name, level.method) for level in variable.values]
                for name, text in told:
                    if name:
                        found.setdefault(name, set()).add(text)
        return {name: frozenset(texts) for name, texts in found.items()}

    def comment(self, parts: Sequence[str], text: str) -> str | None:
        """The OID of the comment with this text, or None for an empty text.

        The name of a note (`COM.TS`) is its OID, and one comment for all that refer to it.
        """
        if not text.strip():
            return None
        said = self.study.note_text(text)
        is_note = any(note.name == text for note in self.study.notes)
        oid, is_new = self.oid(tuple(text.split(".", 1)) if is_note else ("COM", *parts), said)
        if is_new:
            made = element("def:CommentDef", {"OID": oid}, translated("Description", said))
            made.extend(self._note_documents(text))
            self.comments.append(made)
        return oid

    def _note_documents(self, name: str) -> list[etree._Element]:
        """References to the documents of a note, of those that travel with the package."""
        present = {document.name for document in self.study.documents}
        return [
            document_reference(document, pages)
            for note in self.study.notes
            if note.name == name
            for document, pages in note.documents
            if document in present
        ]

    def where_clause(self, dataset: Dataset, conditions: Sequence[Condition]) -> str:
        """The OID of the where clause with these range checks; one clause serves many values."""
        parts = [dataset.name]
        for condition in conditions:
            parts.append(condition.variable.removeprefix(f"{dataset.name}."))
            if condition.comparator not in ("EQ", "IN"):
                parts.append(condition.comparator)
            parts.extend(condition.values)
        oid, is_new = self.oid(("WC", *parts), tuple(conditions))
        if is_new:
            checks = [self._range_check(dataset, condition) for condition in conditions]
            self.where_clauses.append(element("def:WhereClauseDef", {"OID": oid}, *checks))
        return oid

    def _range_check(self, dataset: Dataset, condition: Condition) -> etree._Element:
        name, _, variable = condition.variable.rpartition(".")
        attributes: dict[str, str | None] = {
            "Comparator": condition.comparator,
            "SoftHard": "Soft",
            "def:ItemOID": self.item_oid(name or dataset.name, variable),
        }
        return element(
            "RangeCheck",
            attributes,
            *(with_text("CheckValue", value) for value in condition.values),
        )

    def item_oid(self, dataset: str, variable: str) -> str:
        """The OID of a variable's definition.

        Raises:
            SpecError: no dataset of this define.xml has such a variable.
        """
        if variable not in self._variables.get(dataset, frozenset()):
            raise SpecError(
                f"a where clause names {dataset}.{variable}, which this define.xml does not have",
                at=Location(name=f"{dataset}.{variable}"),
            )
        return self.oid(("IT", dataset, variable), (dataset, variable))[0]

    @cached_property
    def _variables(self) -> dict[str, frozenset[str]]:
        return {d.name: frozenset(v.name for v in d.variables) for d in self.datasets}

    def annotated_crf(self) -> Document | None:
        """The study's annotated CRF: the first document named `acrf...`."""
        for document in self.study.documents:
            if document.name.casefold().startswith("acrf"):
                return document
        return None


def leaf(identifier: str, href: str, title: str) -> etree._Element:
    """`def:leaf`: where a file of the package is, relative to the define.xml."""
    made = element("def:leaf", {"ID": identifier, "xlink:href": href})
    title_element = element("def:title")
    title_element.text = with_text("title", title).text
    made.append(title_element)
    return made


def document_reference(name: str, pages: Sequence[str] = ()) -> etree._Element:
    """`def:DocumentRef` to a document: single pages together, then ranges, then destinations."""
    stated = [page.strip() for page in pages]
    single = [page for page in stated if _PAGE.fullmatch(page)]
    ranges = [match for page in stated if (match := _PAGES.fullmatch(page))]
    named = [p for p in stated if not _PAGE.fullmatch(p) and not _PAGES.fullmatch(p)]
    made = []
    if single:
        made.append({"PageRefs": " ".join(single), "Type": "PhysicalRef"})
    made += [{"FirstPage": r[1], "LastPage": r[2], "Type": "PhysicalRef"} for r in ranges]
    made += [{"PageRefs": name, "Type": "NamedDestination"} for name in named]
    references = [element("def:PDFPageRef", dict(attributes)) for attributes in made]
    return element("def:DocumentRef", {"leafID": leaf_id(name)}, *references)


def leaf_id(name: str) -> str:
    """The ID of a leaf; XML wants a name without blanks."""
    return f"LF.{slug(name)}"
