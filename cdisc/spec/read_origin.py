"""Origins as specs and study.yaml write them: `collected`, `{collected: [12]}` and their like."""

from __future__ import annotations

from cdisc.errors import SpecError
from cdisc.model import Origin
from cdisc.spec.read_fields import choice_of, fields_of, optional_text, text_of, texts_of
from cdisc.spec.yaml_nodes import Node, Text

ORIGINS = {
    "collected": "Collected",
    "derived": "Derived",
    "assigned": "Assigned",
    "protocol": "Protocol",
    "predecessor": "Predecessor",
    "not_available": "Not Available",
}
SOURCES = {
    "Collected": "Investigator",
    "Derived": "Sponsor",
    "Assigned": "Sponsor",
    "Protocol": "Sponsor",
}


def _usual(type_: str) -> str:
    """The source of a type that names none; who collected is said by where it is read from."""
    return "" if type_ == "Collected" else SOURCES.get(type_, "")


def read_origin(node: Node) -> Origin:
    """`collected`, `{collected: [12]}` (CRF pages) or `{collected: [], source: Vendor}`."""
    if isinstance(node, Text):
        type_ = ORIGINS[choice_of(node, "origin", tuple(ORIGINS))]
        if type_ == "Predecessor":
            raise SpecError(
                "a predecessor is named",
                at=node.at,
                hint="e.g. origin: {predecessor: LB.LBSEQ}; a plain copy has its own",
            )
        return Origin(type_, _usual(type_))
    fields = fields_of(node, "origin").only(*ORIGINS, "source")
    kinds = [key for key in fields.fields if key != "source"]
    if len(kinds) != 1:
        raise SpecError("origin takes one type", at=node.at, hint=", ".join(ORIGINS))
    type_ = ORIGINS[kinds[0]]
    detail = fields.fields[kinds[0]]
    source = optional_text(fields, "source") or _usual(type_)
    if type_ == "Predecessor":
        return Origin(type_, source, predecessor=text_of(detail, "predecessor"))
    if isinstance(detail, Text) and detail.is_empty:
        return Origin(type_, source)
    return Origin(type_, source, pages=texts_of(detail, "pages"))
