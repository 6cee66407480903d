"""Small readers of YAML nodes: each says in the user's words what was expected."""

from __future__ import annotations

from cdisc.errors import Location, SpecError, did_you_mean
from cdisc.spec.yaml_nodes import Fields, Items, Node, Text


def text_of(node: Node, what: str) -> str:
    """The text of a scalar."""
    if not isinstance(node, Text):
        raise SpecError(f"{what} must be plain text", at=node.at)
    if node.is_empty:
        raise SpecError(f"{what} has no value", at=node.at)
    return node.text


def fields_of(node: Node, what: str) -> Fields:
    """A mapping."""
    if not isinstance(node, Fields):
        raise SpecError(f"{what} must be a mapping of `name: value`", at=node.at)
    return node


def items_of(node: Node) -> tuple[Node, ...]:
    """The items of a list; a single value stands for a list of one."""
    return node.items if isinstance(node, Items) else (node,)


def texts_of(node: Node, what: str) -> tuple[str, ...]:
    """A list of texts; a single text stands for a list of one."""
    return tuple(text_of(item, what) for item in items_of(node))


def integer_of(node: Node, what: str) -> int:
    """A whole number."""
    text = text_of(node, what)
    try:
        return int(text)
    except ValueError:
        raise SpecError(f"{what} must be a whole number, not {text!r}", at=node.at) from None


def flag_of(node: Node, what: str) -> bool:
    """`yes` or `no` (also true and false)."""
    words = {"yes": True, "true": True, "no": False, "false": False}
    text = text_of(node, what).lower()
    if text not in words:
        raise SpecError(f"{what} must be yes or no, not {text!r}", at=node.at)
    return words[text]


def choice_of(node: Node, what: str, choices: tuple[str, ...]) -> str:
    """One of a closed set of words."""
    text = text_of(node, what)
    if text not in choices:
        hint = did_you_mean(text, choices) or f"Known are {', '.join(choices)}"
        raise SpecError(f"{what} cannot be {text!r}", at=node.at, hint=hint)
    return text


def required(fields: Fields, key: str, what: str) -> Node:
    """The node under a key that must be there."""
    node = fields.get(key)
    if node is None:
        raise SpecError(f"{what} needs {key}", at=fields.at)
    return node


def optional_text(fields: Fields, key: str) -> str:
    """The text under a key, or an empty text."""
    node = fields.get(key)
    return text_of(node, key) if node is not None else ""


def named(at: Location, name: str) -> Location:
    """The place with the name of what stands there."""
    return Location(at.file, at.line, at.column, name)
