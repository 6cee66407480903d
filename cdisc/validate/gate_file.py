"""Read `validation/gate.yaml`: thresholds, waivers, and the baseline to compare with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeAlias

from cdisc.errors import CdiscError, Location, Problems, SpecError, did_you_mean
from cdisc.model import Severity
from cdisc.spec.yaml_nodes import Fields, Items, Node, Text, read_yaml
from cdisc.validate.gate import UNLIMITED, Gate, Waiver

Keys: TypeAlias = tuple[str | int, ...]
At: TypeAlias = Callable[[Keys], Location]

_SECTIONS = ("thresholds", "rules", "baseline", "waivers")
_BASELINE = ("findings", "fail_on_new")
_WAIVER = ("rule", "dataset", "variable", "value", "reason", "author", "expires")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WAIVER_NEEDS = ("rule", "reason", "author", "expires")


def read_gate(path: Path, shown: str) -> Gate:
    """The gate of a YAML file; `shown` is the file as messages name it.

    Raises:
        SpecError: the file is not there or not YAML as the spec language allows it.
        Problems: every mistake in what it says, each with its place.
    """
    root = read_yaml(path, shown)
    return parse_gate(_plain(root), lambda keys: _place(root, keys))


def _plain(node: Node) -> object:
    if isinstance(node, Text):
        return None if node.is_empty else node.text
    if isinstance(node, Items):
        return [_plain(item) for item in node]
    return {name: _plain(value) for name, value in node.fields.items()}


def _place(root: Node, keys: Keys) -> Location:
    """The place of the key or item at the end of a path, as far down as the file goes."""
    node, at = root, root.at
    for key in keys:
        if isinstance(node, Fields) and key in node.fields:
            at, node = node.keys_at[str(key)], node.fields[str(key)]
        elif isinstance(node, Items) and isinstance(key, int) and key < len(node.items):
            node = node.items[key]
            at = node.at
    return replace(at, name=".".join(str(k + 1) if isinstance(k, int) else k for k in keys))


def parse_gate(gate: object, at: At) -> Gate:
    """The gate that nested mappings, lists and texts describe.

    Args:
        gate: What the YAML loader made of the file: every scalar a text, nothing for an empty
            file, which gives the default gate.
        at: The place in the file of a path of keys and 0-based list positions, such as
            `("waivers", 0, "expires")`.

    Raises:
        Problems: every mistake in the file, each with its place.
    """
    problems: list[CdiscError] = []
    reader = _Reader(at, problems)
    sections = reader.mapping(gate, (), _SECTIONS)
    severities = dict(Gate().severities)
    names = tuple(severity.value for severity in Severity)
    for name, limit in reader.mapping(sections.get("thresholds"), ("thresholds",), names).items():
        severities[Severity(name)] = reader.limit(limit, ("thresholds", name))
    rules = {
        name: reader.limit(limit, ("rules", name))
        for name, limit in reader.mapping(sections.get("rules"), ("rules",), None).items()
    }
    baseline = reader.mapping(sections.get("baseline"), ("baseline",), _BASELINE)
    waivers = [
        reader.waiver(entry, ("waivers", number))
        for number, entry in enumerate(reader.sequence(sections.get("waivers"), ("waivers",)))
    ]
    new = reader.severities(baseline.get("fail_on_new"), ("baseline", "fail_on_new"))
    file = reader.text(baseline.get("findings", ""), ("baseline", "findings"))
    if new and not file:
        reader.refuse("fail_on_new needs the file that is compared with", ("baseline",))
    if problems:
        raise Problems(problems)
    return Gate(
        severities=severities,
        rules=rules,
        waivers=tuple(waiver for waiver in waivers if waiver is not None),
        fail_on_new=new,
        baseline=file,
    )


class _Reader:
    """Takes values of the expected shape and collects what is wrong with the others."""

    def __init__(self, at: At, problems: list[CdiscError]) -> None:
        self._at = at
        self._problems = problems

    def refuse(self, message: str, path: Keys, hint: str = "") -> None:
        self._problems.append(SpecError(message, at=self._at(path), hint=hint))

    def mapping(
        self, value: object, path: Keys, allowed: Sequence[str] | None
    ) -> Mapping[str, object]:
        """A mapping with known keys; nothing gives an empty one."""
        if value is None or value == "":
            return {}
        if not isinstance(value, Mapping):
            self.refuse("a mapping of names to values is expected here", path)
            return {}
        known = {}
        for key, entry in value.items():
            if allowed is None or key in allowed:
                known[str(key)] = entry
            else:
                hint = did_you_mean(str(key), allowed) or f"Known: {', '.join(allowed)}"
                self.refuse(f"{key!r} is not known here", (*path, str(key)), hint)
        return known

    def sequence(self, value: object, path: Keys) -> Sequence[object]:
        """A list; nothing gives an empty one."""
        if value is None or value == "":
            return ()
        if isinstance(value, str) or not isinstance(value, Sequence):
            self.refuse("a list is expected here", path)
            return ()
        return value

    def text(self, value: object, path: Keys) -> str:
        """A text."""
        if not isinstance(value, str):
            self.refuse("a single value is expected here", path)
            return ""
        return value

    def limit(self, value: object, path: Keys) -> int:
        """A number of records, or `unlimited`."""
        if value == "unlimited":
            return UNLIMITED
        text = self.text(value, path)
        if text.isascii() and text.isdigit():
            return int(text)
        self.refuse(f"{text!r} is not a number of records, nor the word unlimited", path)
        return UNLIMITED

    def severities(self, value: object, path: Keys) -> tuple[Severity, ...]:
        """One severity, or a list of them, worst first."""
        names = [value] if isinstance(value, str) and value else self.sequence(value, path)
        known = [severity.value for severity in Severity]
        for name in names:
            if name not in known:
                hint = did_you_mean(str(name), known) or f"Known: {', '.join(known)}"
                self.refuse(f"{name!r} is not a severity", path, hint)
        return tuple(severity for severity in Severity if severity.value in names)

    def waiver(self, value: object, path: Keys) -> Waiver | None:
        """A waiver with its four obligatory words, or None when one of them is missing."""
        if not value:
            self.refuse("the waiver is empty", path)
            return None
        words = self.mapping(value, path, _WAIVER)
        texts = {name: self.text(word, (*path, name)) for name, word in words.items()}
        gone = [name for name in _WAIVER_NEEDS if not texts.get(name, "").strip()]
        if gone:
            self.refuse(f"the waiver has no {', '.join(gone)}", path)
            return None
        expires = self._date(texts["expires"], (*path, "expires"))
        if expires is None:
            return None
        return Waiver(
            rule=texts["rule"],
            reason=texts["reason"],
            author=texts["author"],
            expires=expires,
            dataset=texts.get("dataset"),
            variable=texts.get("variable"),
            value=texts.get("value"),
            at=self._at(path),
        )

    def _date(self, text: str, path: Keys) -> date | None:
        if _DATE.fullmatch(text):
            try:
                return date.fromisoformat(text)
            except ValueError:
                self.refuse(f"there is no day {text}", path)
                return None
        self.refuse(f"{text!r} is not a date written YYYY-MM-DD", path)
        return None
