"""What an algorithm's docstring and signature say, taken apart for the pages that show it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from cdisc.algorithms import Algorithm, Parameter, library
from cdisc.algorithms.arguments import RecordsArgument
from cdisc.spec.schema_arguments import KINDS

_STEP = re.compile(r"\d+\. ")
_POLICY = re.compile(r"([A-Z][a-z]+): ")
_WRITTEN = {
    "Column": "COLUMN",
    "NumberColumn": "COLUMN",
    "DateColumn": "COLUMN",
    "Columns": "[COLUMN, COLUMN]",
    "Condition": 'COLUMN == "text"',
    "Expression": "COLUMN / COLUMN",
    "Records": "DATASET",
    "Terms": "CODELIST",
    "LevelTerms": "VARIABLE",
    "Table": "table",
    "Text": "text",
    "Integer": "1",
    "Number": "1.5",
    "Flag": "yes",
    "TextList": "[text, text]",
    "TextMap": "{text: text}",
}


@dataclass(frozen=True, slots=True)
class Documentation:
    """A docstring: one sentence, numbered steps, policies (Missing, Ties...), source, example."""

    summary: str
    steps: tuple[str, ...]
    policies: tuple[tuple[str, str], ...]
    source: str
    example: str


@dataclass(frozen=True, slots=True)
class ArgumentLine:
    """One argument as a table shows it; `default` is empty when it must be written."""

    name: str
    what: str
    default: str
    help: str


def documentation(algorithm: Algorithm) -> Documentation:
    """The parts of an algorithm's documentation."""
    body = algorithm.doc.partition("\nArgs:")[0]
    summary, _, rest = body.partition("\n\n")
    steps: list[str] = []
    parts: list[tuple[str, str]] = []
    for line in rest.splitlines():
        text = line.strip()
        policy = _POLICY.match(line)
        if _STEP.match(line):
            steps.append(_STEP.sub("", line, count=1))
        elif policy:
            parts.append((policy[1], line[policy.end() :]))
        elif text and parts:
            parts[-1] = (parts[-1][0], f"{parts[-1][1]} {text}")
        elif text and steps:
            steps[-1] += f" {text}"
    named = dict(parts)
    return Documentation(
        summary=" ".join(summary.split()),
        steps=tuple(steps),
        policies=tuple((word, text) for word, text in parts if word not in ("Source", "Example")),
        source=named.get("Source", ""),
        example=named.get("Example", ""),
    )


def topics() -> Mapping[str, tuple[str, tuple[Algorithm, ...]]]:
    """Algorithms by topic, in the order of the names, with the sentence that says the topic."""
    by_topic: dict[str, list[Algorithm]] = {}
    for algorithm in library().values():
        by_topic.setdefault(algorithm.topic, []).append(algorithm)
    return {
        topic: (_topic_sentence(found[0]), tuple(found))
        for topic, found in sorted(by_topic.items())
    }


def _topic_sentence(algorithm: Algorithm) -> str:
    doc = sys.modules[algorithm.function.__module__].__doc__ or ""
    return " ".join(doc.partition("\n\n")[0].split())


def usage(algorithm: Algorithm) -> str:
    """How it is written in YAML: the short way if there is one, and with all arguments."""
    written = [p for p in algorithm.parameters if p.spoken]
    if algorithm.makes:
        lines = [
            "rows:",
            "  from: DATASET",
            "  derive:",
            "    by: [COLUMN, COLUMN]",
            f"    {algorithm.name}:",
        ]
        return "\n".join([*lines, *(f"      {p.name}: {_example(p)}" for p in written)])
    main = algorithm.parameter(algorithm.main) if algorithm.main else None
    lines = []
    if main is not None and all(p is main or not p.required for p in written):
        lines.append(f"VARIABLE: {{{algorithm.name}: {_example(main)}}}")
        if len(written) == 1:
            return lines[0]
        lines.append("# or, with all its arguments")
    lines += ["VARIABLE:", f"  {algorithm.name}:"]
    lines += [f"    {p.name}: {_example(p)}" for p in written]
    return "\n".join(lines)


def argument_lines(algorithm: Algorithm) -> Iterator[ArgumentLine]:
    """Every argument a spec may write, the fields of a mapping below it."""
    for parameter in algorithm.parameters:
        if parameter.spoken:
            yield from _lines(parameter, "")


def method_text(algorithm: Algorithm) -> str:
    """The Define-XML method with the names of arguments in place of their values."""
    if algorithm.method is None:
        return ""
    texts = {p.name: f"<{p.name}>" if p.required else _default(p) for p in algorithm.parameters}
    return algorithm.method(texts)


def _lines(parameter: Parameter, within: str) -> Iterator[ArgumentLine]:
    name = f"{within}{parameter.name}"
    what = " or ".join(parameter.choices) if parameter.choices else KINDS[parameter.kind][0]
    default = "" if parameter.required else _default(parameter) or "none"
    yield ArgumentLine(name, what, default, _help(parameter))
    for field in parameter.fields:
        yield from _lines(field, f"{name}: ")


def _help(parameter: Parameter) -> str:
    if not parameter.kind.startswith("Records"):
        return parameter.help
    columns = cast(RecordsArgument, parameter.marker).columns
    named = ", ".join(f"{name} ({usual})" if usual else name for name, usual in columns.items())
    return f"{parameter.help} Columns: {named}."


def _default(parameter: Parameter) -> str:
    value = parameter.default
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {text}" for key, text in value.items())
    return str(value)


def _example(parameter: Parameter) -> str:
    if parameter.choices:
        return parameter.choices[0]
    if parameter.kind in ("Group", "GroupList"):
        optional = [f for f in parameter.fields if not f.required][:1]
        shown = [f for f in parameter.fields if f.required] + optional
        group = "{" + ", ".join(f"{f.name}: {_example(f)}" for f in shown) + "}"
        return group if parameter.kind == "Group" else f"[{group}]"
    if parameter.kind == "TextList" and not parameter.required and parameter.default:
        return f"[{parameter.default[0]}]"
    if isinstance(parameter.default, str) and parameter.default:
        return parameter.default
    if parameter.kind in ("Records", "RecordsList"):
        marker = cast(RecordsArgument, parameter.marker)
        is_open = [name for name, usual in marker.columns.items() if usual is None]
        if not is_open:
            return marker.source or "DATASET"
        if len(is_open) == 1:
            return f"{marker.source or 'DATASET'}.VARIABLE"
        columns = ", ".join(f"{name}: VARIABLE" for name in is_open)
        return f"{{from: {marker.source or 'DATASET'}, {columns}}}"
    return _WRITTEN[parameter.kind]
