"""YAML as a person wrote it: text scalars, lists and mappings, each with its line and column.

YAML 1.1 turns `NO` into False, `010` into 8 and `2024-01-05` into a date. Here a scalar is its
text, nothing else. Duplicate keys, anchors, aliases, tags and several documents are refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from cdisc.errors import Location, SpecError, did_you_mean


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar: its text and place. `quoted` tells `''` from an empty value."""

    text: str
    at: Location
    quoted: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written: `key:` with no value."""
        return not self.text and not self.quoted


@dataclass(frozen=True, slots=True)
class Items:
    """A list of nodes."""

    items: tuple[Node, ...]
    at: Location

    def __iter__(self) -> Iterator[Node]:
        return iter(self.items)


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping, in the order written; `keys_at` holds the place of each key."""

    fields: Mapping[str, Node]
    keys_at: Mapping[str, Location]
    at: Location

    def get(self, key: str) -> Node | None:
        """The node under that key, or None."""
        return self.fields.get(key)

    def only(self, *known: str) -> Fields:
        """Itself. Raises SpecError at the first key that is not among `known`."""
        for key, at in self.keys_at.items():
            if key not in known:
                raise SpecError(
                    f"{key} is not known here",
                    at=at,
                    hint=did_you_mean(key, known) or f"Known are {', '.join(known)}",
                )
        return self


Node: TypeAlias = Text | Items | Fields


def read_yaml(path: Path, shown: str) -> Fields:
    """The mapping a YAML file holds; `shown` is the file as messages name it.

    Raises SpecError with line and column when the file is missing, is not UTF-8, is not YAML,
    or uses what is refused.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SpecError("there is no such file", at=Location(shown)) from None
    except UnicodeDecodeError as error:
        raise SpecError(
            f"not UTF-8 text (byte {error.start})", at=Location(shown), hint="Save it as UTF-8"
        ) from None
    return parse_yaml(text, shown)


def parse_yaml(text: str, shown: str) -> Fields:
    """The mapping that YAML text holds. Raises SpecError as `read_yaml` does."""
    try:
        loader = yaml.CSafeLoader(text) if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader(text)
        _refuse_anchors(text, shown)
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark or error.context_mark
        at = Location(shown, mark.line + 1, mark.column + 1) if mark else Location(shown)
        problem = error.problem or error.context or "cannot be read"
        raise SpecError(f"not valid YAML: {problem}", at=at, hint=_yaml_hint(text, mark)) from None
    except yaml.YAMLError as error:
        raise SpecError(f"not valid YAML: {error}", at=Location(shown)) from None
    if root is None:
        raise SpecError("the file is empty", at=Location(shown))
    node = _node(root, shown)
    if not isinstance(node, Fields):
        raise SpecError("expected `name: value` lines at the top level", at=node.at)
    return node


def _refuse_anchors(text: str, shown: str) -> None:
    if "&" not in text and "*" not in text and "!" not in text:
        return
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        anchor = getattr(event, "anchor", None)
        tag = getattr(event, "tag", None)
        if anchor or (tag and tag != "!"):
            what = f"&{anchor}" if anchor else f"tag {tag}"
            mark: Any = event.start_mark
            at = Location(shown, mark.line + 1, mark.column + 1)
            raise SpecError(
                f"anchors, aliases and tags are not part of the spec language ({what})", at=at
            )


def _node(node: yaml.Node, shown: str) -> Node:
    at = Location(shown, node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.ScalarNode):
        text = "" if node.style is None and node.value in ("~", "null") else node.value
        return Text(text, at, quoted=node.style is not None)
    if isinstance(node, yaml.SequenceNode):
        return Items(tuple(_node(item, shown) for item in node.value), at)
    fields: dict[str, Node] = {}
    keys_at: dict[str, Location] = {}
    for key_node, value_node in node.value:
        key_at = Location(shown, key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        if not isinstance(key_node, yaml.ScalarNode):
            raise SpecError("a key must be plain text", at=key_at)
        key = key_node.value
        if key in fields:
            raise SpecError(
                f"{key} is written twice",
                at=key_at,
                hint=f"It is already at line {keys_at[key].line}; keep one of them",
            )
        fields[key] = _node(value_node, shown)
        keys_at[key] = key_at
    return Fields(fields, keys_at, at)


def _yaml_hint(text: str, mark: Any) -> str:
    """The commonest slip: a plain value holding `: ` or starting with a reserved sign."""
    if mark is None:
        return ""
    lines = text.splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in line:
        return "Indent with spaces, not tabs"
    return "Text that holds : # { } [ ] , or starts with * & ! % @ needs quotes"
