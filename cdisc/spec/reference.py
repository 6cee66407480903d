"""The algorithm library described: the reference page, and text for the terminal.

Everything comes from the algorithms' signatures and docstrings, so it cannot lag behind them.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from cdisc.algorithms import Algorithm, find
from cdisc.spec.documentation import (
    argument_lines,
    documentation,
    method_text,
    topics,
    usage,
)
from cdisc.spec.expressions import FUNCTIONS
from cdisc.spec.schema_arguments import KINDS

WIDTH = 92


def algorithm_reference() -> str:
    """The reference page, Markdown: one section an algorithm, grouped by topic."""
    lines = [
        "# Algorithms",
        "",
        "Every way to fill a variable in a mapping spec, and those that make new records (the row",
        "step `derive`). This page is written by",
        "`python scripts/build_reference.py` from the algorithms themselves; do not edit it.",
        "",
    ]
    for topic, (_, found) in topics().items():
        names = ", ".join(f"[{a.name}](#{a.name})" for a in found)
        lines.append(f"- {_title(topic)}: {names}")
    lines += ["", "How arguments are written:", "", "| argument | write |", "|---|---|"]
    written = {what: how for what, how in KINDS.values() if what != "word"}
    lines += [f"| {what} | {_cell(how)} |" for what, how in written.items()]
    lines.append("")
    for topic, (sentence, found) in topics().items():
        lines += [f"## {_title(topic)}", "", sentence, ""]
        for algorithm in found:
            lines += _section(algorithm)
    lines += _expressions()
    return "\n".join(lines).rstrip() + "\n"


def describe(name: str) -> str:
    """One algorithm for the terminal. Raises UsageError with the nearest name if there is none."""
    algorithm = find(name)
    parts = documentation(algorithm)
    lines = [name, "", *_wrapped(parts.summary, "  "), "", "Write"]
    lines += [f"  {line}" for line in usage(algorithm).splitlines()]
    lines += ["", "Arguments"]
    for argument in argument_lines(algorithm):
        otherwise = f"; {argument.default} unless given" if argument.default else ""
        start = f"{argument.name} ({argument.what}{otherwise})"
        lines += _wrapped(f"{start}: {argument.help}", "  ", "      ")
    if parts.steps:
        lines += ["", "Steps"]
        for number, step in enumerate(parts.steps, 1):
            lines += _wrapped(f"{number}. {step}", "  ", "     ")
    lines.append("")
    for word, text in (*parts.policies, ("Source", parts.source), ("Example", parts.example)):
        if text:
            lines += _wrapped(f"{word}: {text}", "", "  ")
    if algorithm.makes:
        lines.append(f"Columns of its records: {', '.join(algorithm.makes)}")
    method = method_text(algorithm)
    if method:
        lines += _wrapped(f"Define-XML method: {method}", "", "  ")
    lines.append(f"Define-XML origin: {algorithm.origin}")
    return "\n".join(lines) + "\n"


def listing() -> str:
    """All algorithms for the terminal: name and sentence, grouped by topic."""
    lines: list[str] = []
    width = max(len(a.name) for _, found in topics().values() for a in found)
    for topic, (_, found) in topics().items():
        lines.append(_title(topic))
        for algorithm in found:
            start = f"  {algorithm.name:<{width}}  "
            lines += _wrapped(documentation(algorithm).summary, start, " " * len(start))
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _title(topic: str) -> str:
    return topic.replace("_", " ").capitalize().replace("Iso ", "ISO ")


def _wrapped(text: str, first: str, later: str | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if later is None else later,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _section(algorithm: Algorithm) -> Iterator[str]:
    parts = documentation(algorithm)
    yield from (f"### {algorithm.name}", "", parts.summary, "")
    yield from ("```yaml", usage(algorithm), "```", "")
    yield from ("| argument | is a | default | meaning |", "|---|---|---|---|")
    for argument in argument_lines(algorithm):
        default = argument.default or "(required)"
        cells = (f"`{argument.name}`", argument.what, default, argument.help)
        yield f"| {' | '.join(_cell(cell) for cell in cells)} |"
    yield ""
    for number, step in enumerate(parts.steps, 1):
        yield f"{number}. {step}"
    yield ""
    for word, text in (*parts.policies, ("Source", parts.source), ("Example", parts.example)):
        if text:
            yield f"- **{word}:** {text}"
    if algorithm.makes:
        yield f"- **Columns of its records:** {', '.join(algorithm.makes)}"
    method = method_text(algorithm)
    if method:
        yield f"- **Define-XML method:** `{method}`"
    yield from (f"- **Define-XML origin:** {algorithm.origin}", "")


def _expressions() -> Iterator[str]:
    yield from ("## Expressions", "")
    yield "Conditions (`where:`, `when:`, `keep:`) and computed values are made of names, texts in"
    yield "quotes, numbers, `== != < <= > >=`, `and or not`, `in [...]`, `not in [...]`, `+ - * /`"
    yield "and brackets. A comparison with a missing value is false, `!=` and `not in` too, so"
    yield "`not` stands only before `missing(...)`. Functions:"
    yield ""
    for name, meaning in FUNCTIONS.items():
        yield f"- `{name}`: {meaning}"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
