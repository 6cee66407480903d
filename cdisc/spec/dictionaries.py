"""The `dictionaries:` of study.yaml: which external dictionaries code terms, and where they do.

A dictionary has a version, which Define-XML names, and may have a source or table that holds the
coded terms: the verbatim in one column, the dictionary's terms and codes in the others. A study
with a licence names its own file there; the specs that read through the dictionary stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cdisc.errors import Location, SpecError, did_you_mean
from cdisc.model import Dictionary
from cdisc.spec.bind import Scope
from cdisc.spec.expressions import Expr, Ref
from cdisc.spec.model import Lookup
from cdisc.spec.read_fields import choice_of, fields_of, named, optional_text, required, text_of
from cdisc.spec.yaml_nodes import Fields, Node

KEYS = ("version", "href", "from", "term", "where")
LOOKUP_KEYS = ("dictionary", "term", "if_none")


@dataclass(frozen=True, slots=True)
class DictionaryDeclaration:
    """A dictionary and, unless `origin` is empty, where its coded terms are.

    `term` is the column of `origin` that holds the verbatim; `where` says which of its records
    belong to this dictionary, when several share a file.
    """

    dictionary: Dictionary
    origin: str
    term: str
    where: Expr | None
    at: Location


def read_dictionaries(node: Node | None) -> dict[str, DictionaryDeclaration]:
    """Dictionaries by name. Raises SpecError at what a dictionary cannot be."""
    if node is None:
        return {}
    fields = fields_of(node, "dictionaries")
    return {
        name: _dictionary(name, fields_of(value, name), named(fields.keys_at[name], name))
        for name, value in fields.fields.items()
    }


def _dictionary(name: str, fields: Fields, at: Location) -> DictionaryDeclaration:
    fields.only(*KEYS)
    origin, term = optional_text(fields, "from"), optional_text(fields, "term")
    where = fields.get("where")
    if bool(origin) != bool(term) or (where is not None and not origin):
        raise SpecError(
            f"dictionary {name}: from and term belong together",
            at=at,
            hint="from: the source of coded terms, term: its column of verbatim terms",
        )
    return DictionaryDeclaration(
        dictionary=Dictionary(
            name=name,
            version=text_of(required(fields, "version", name), "version"),
            href=optional_text(fields, "href"),
        ),
        origin=origin,
        term=term,
        where=None if where is None else Scope(()).condition(where, "where"),
        at=at,
    )


def read_coded_lookup(
    name: str,
    fields: Fields,
    scope: Scope,
    dictionaries: Mapping[str, DictionaryDeclaration],
) -> Lookup:
    """The lookup that `{dictionary: MedDRA, term: AETERM, if_none: finding}` stands for.

    Raises SpecError for a dictionary that study.yaml does not declare, or without coded terms.
    """
    fields.only(*LOOKUP_KEYS)
    node = required(fields, "dictionary", f"lookup {name}")
    called = text_of(node, "dictionary")
    declared = dictionaries.get(called)
    if declared is None or not declared.origin:
        known = [other for other, one in dictionaries.items() if one.origin]
        raise SpecError(
            f"study.yaml declares no coded terms of a dictionary {called}",
            at=node.at,
            hint=did_you_mean(called, known)
            or "Under dictionaries: a version, from and term for it",
        )
    term = required(fields, "term", f"lookup {name}")
    ours: Ref = scope.ref(text_of(term, "term"), term.at)
    if_none = required(fields, "if_none", f"lookup {name}")
    return Lookup(
        name=name,
        origin=declared.origin,
        match={declared.term: ours},
        take="one",
        order=(),
        where=declared.where,
        if_none=choice_of(if_none, "if_none", ("missing", "finding")),  # type: ignore[arg-type]
        at=named(fields.at, name),
        dictionary=called,
    )
