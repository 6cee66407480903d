"""The codelists of a study: the published ones, its own, and its extensions of published ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from cdisc.algorithms.columns.numbers import canonical_code
from cdisc.errors import SpecError, did_you_mean
from cdisc.model import Codelist, Term
from cdisc.spec.read_fields import fields_of, optional_text, required, text_of
from cdisc.spec.yaml_nodes import Fields, Node, Text, read_yaml
from cdisc.standards import Terminologies


class Codelists:
    """Codelists by name or C-code; a study's own come before the published.

    `derived` are lists that follow from specs and standard: of parameters, of flags. They go by
    their names only.
    """

    def __init__(
        self,
        own: Mapping[str, Codelist],
        published: Terminologies,
        derived: Mapping[str, Codelist] | None = None,
    ) -> None:
        self.own = own
        self.published = published
        self.derived = derived or {}
        self._by_code = {codelist.code: codelist for codelist in own.values() if codelist.code}

    def find(self, name: str) -> Codelist | None:
        """The codelist of that name or C-code, or None."""
        if name in self.own:
            return self.own[name]
        if name in self._by_code:
            return self._by_code[name]
        if name in self.derived:
            return self.derived[name]
        found = self.published.codelist(name)
        if found is not None and found.name in self.own:
            return self.own[found.name]
        return found

    def with_derived(self, derived: Mapping[str, Codelist]) -> Codelists:
        """The same with lists that follow from specs and standard."""
        return Codelists(self.own, self.published, derived)

    def hint(self, name: str) -> str:
        """The nearest known name, for a message."""
        return did_you_mean(name, [*self.own, *self.published.names])


def read_codelists(path: Path, shown: str, published: Terminologies) -> Codelists:
    """The study's `define/codelists.yaml`; without the file there are only published lists.

    Raises SpecError for an extension of a list that is not extensible or not published.
    """
    if not path.exists():
        return Codelists({}, published)
    fields = read_yaml(path, shown)
    own = {}
    for name, node in fields.fields.items():
        entry = fields_of(node, name).only("label", "extends", "terms", "collected", "comment")
        codelist = _codelist(name, entry, published)
        codelist = replace(codelist, comment=optional_text(entry, "comment"))
        own[name] = _with_codes(codelist, entry.get("collected"))
    return Codelists(own, published)


def _codelist(name: str, entry: Fields, published: Terminologies) -> Codelist:
    """The sponsor's own list, a published one, or a published one with added terms."""
    base_name = optional_text(entry, "extends")
    alone = published.codelist(name)
    if not base_name and "terms" not in entry.fields and alone is not None:
        return alone
    terms = _terms(fields_of(required(entry, "terms", name), "terms"))
    if not base_name:
        return Codelist(name, optional_text(entry, "label") or name, terms)
    base = published.codelist(base_name)
    at = entry.fields["extends"].at
    if base is None:
        hint = did_you_mean(base_name, published.names)
        raise SpecError(f"{base_name} is not a published codelist", at=at, hint=hint)
    if not base.extensible:
        raise SpecError(f"codelist {base_name} is not extensible", at=at)
    added = tuple(replace(term, extended=True) for term in terms if term.value not in base)
    return replace(base, name=name, terms=base.terms + added)


def _with_codes(codelist: Codelist, node: Node | None) -> Codelist:
    """The codelist with the codes that stand for its terms in the raw data."""
    if node is None:
        return codelist
    codes: dict[str, list[str]] = {}
    for code, value in fields_of(node, "collected").fields.items():
        term = text_of(value, code)
        if term not in codelist:
            hint = did_you_mean(term, codelist.by_value)
            raise SpecError(f"{term!r} is not in codelist {codelist.name}", at=value.at, hint=hint)
        codes.setdefault(term, []).append(canonical_code(code))
    terms = tuple(
        replace(term, collected=tuple(codes.get(term.value, ()))) for term in codelist.terms
    )
    return replace(codelist, terms=terms)


def _terms(fields: Fields) -> tuple[Term, ...]:
    terms = []
    for value, node in fields.fields.items():
        decode = "" if isinstance(node, Text) and node.is_empty else text_of(node, value)
        terms.append(Term(value, decode=decode))
    return tuple(terms)
