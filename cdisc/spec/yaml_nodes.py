"""YAML as a person wrote it: text scalars, lists and mappings, each with its line and column.

YAML 1.1 turns `NO` into False, `010` into 8 and `2024-01-05` into a date. Here a scalar is its
text, nothing else. Duplicate keys, anchors, aliases, tags and several documents are refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
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
        return _document(_events(text), shown)
    except yaml.MarkedYAMLError as error:
        _refuse_before(text, shown)
        mark: Any = error.problem_mark or error.context_mark
        at = Location(shown, mark.line + 1, mark.column + 1) if mark else Location(shown)
        problem = error.problem or error.context or "cannot be read"
        raise SpecError(f"not valid YAML: {problem}", at=at, hint=_yaml_hint(text, mark)) from None
    except yaml.reader.ReaderError as error:
        place = text[: error.position]
        column = len(place) - place.rfind("\n")
        at = Location(shown, place.count("\n") + 1, column)
        code = error.character if isinstance(error.character, int) else ord(error.character)
        raise SpecError(f"the character U+{code:04X} cannot stand in YAML", at=at) from None
    except UnicodeEncodeError:
        raise SpecError("not UTF-8 text", at=Location(shown), hint="Save it as UTF-8") from None


def _events(text: str) -> Iterator[Any]:
    # events, not nodes: the composer of the C parser recurses without a limit
    loader = yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader
    return yaml.parse(text, Loader=loader)


def _refuse_before(text: str, shown: str) -> None:
    """Raise what is wrong before the place where the C parser, which reads ahead, gave up."""
    with suppress(yaml.YAMLError):
        _document(yaml.parse(text, Loader=yaml.SafeLoader), shown)


def _document(events: Iterator[Any], shown: str) -> Fields:
    root: Node | None = None
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent) and root is not None:
            raise SpecError("a file holds one document", at=_place(event, shown))
        if isinstance(event, yaml.NodeEvent):
            root = _node(event, events, shown, 0)
    if root is None or (isinstance(root, Text) and root.is_empty):
        raise SpecError("the file is empty", at=Location(shown))
    if not isinstance(root, Fields):
        raise SpecError("expected `name: value` lines at the top level", at=root.at)
    return root


def _place(event: Any, shown: str) -> Location:
    return Location(shown, event.start_mark.line + 1, event.start_mark.column + 1)


def _node(event: Any, events: Iterator[Any], shown: str, depth: int) -> Node:
    at = _place(event, shown)
    tag = getattr(event, "tag", None)
    if event.anchor or tag:
        sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
        what = f"{sign}{event.anchor}" if event.anchor else f"tag {tag}"
        raise SpecError(
            f"anchors, aliases and tags are not part of the spec language ({what})", at=at
        )
    if isinstance(event, yaml.ScalarEvent):
        # the C parser calls the style of a plain scalar '', the Python parser None
        plain = not event.style
        text = "" if plain and event.value in ("~", "null") else event.value
        return Text(text, at, quoted=not plain)
    if depth == DEEPEST:
        raise SpecError("lists and mappings are nested too deeply", at=at)
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not isinstance(item := next(events), yaml.SequenceEndEvent):
            items.append(_node(item, events, shown, depth + 1))
        return Items(tuple(items), at)
    return _fields(at, events, shown, depth)


DEEPEST = 30


def _fields(at: Location, events: Iterator[Any], shown: str, depth: int) -> Fields:
    fields: dict[str, Node] = {}
    keys_at: dict[str, Location] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key = _node(event, events, shown, depth + 1)
        if not isinstance(key, Text):
            raise SpecError("a key must be plain text", at=key.at)
        name = event.value
        if name in fields:
            raise SpecError(
                f"{name} is written twice",
                at=key.at,
                hint=f"It is already at line {keys_at[name].line}; keep one of them",
            )
        fields[name] = _node(next(events), events, shown, depth + 1)
        keys_at[name] = key.at
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
