"""The elements of report.html. Text goes in as text, so nothing in it can become markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from lxml import etree

from cdisc.model import Severity
from cdisc.validate.printable import printable
from cdisc.validate.rules import RULES

MAX_TEXT = 2000
_NOT_IN_ID = re.compile(r"[^0-9A-Za-z_.-]")


def element(tag: str, *children: etree._Element | str, **attributes: str) -> etree._Element:
    """An element with its children in order; `class_` is `class`, `data_new` is `data-new`."""
    named = {name.rstrip("_").replace("_", "-"): shown(v) for name, v in attributes.items()}
    made = etree.Element(tag, named)
    for child in children:
        if isinstance(child, str):
            _add_text(made, shown(child))
        else:
            made.append(child)
    return made


def _add_text(made: etree._Element, text: str) -> None:
    if len(made):
        made[-1].tail = (made[-1].tail or "") + text
    else:
        made.text = (made.text or "") + text


def shown(text: str) -> str:
    """The text as the page shows it: invisible characters spelled out, very long ones cut."""
    if len(text) > MAX_TEXT:
        text = f"{text[:MAX_TEXT]} … ({len(text):,} characters)"
    return printable(text)


def badge(text: str, kind: str) -> etree._Element:
    """A small coloured word."""
    return element("span", text, class_=f"badge {kind}")


def severity_badge(severity: Severity) -> etree._Element:
    """The severity in its colour."""
    return badge(severity.value.capitalize(), severity.value)


def counted(number: int, noun: str) -> str:
    """`1 record`, `1,204 records`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def section_id(dataset: str) -> str:
    """The anchor of a dataset's findings; those of no dataset have the anchor of the study."""
    return f"dataset-{_NOT_IN_ID.sub('_', dataset)}" if dataset else "study"


def breakable(name: str, after: str = "/\\_") -> list[etree._Element | str]:
    """A path, or another name, that may break over lines after these characters."""
    parts: list[etree._Element | str] = []
    for part in re.split(f"(?<=[{re.escape(after)}])", name):
        parts += [part, element("wbr")]
    return parts[:-1]


def rule_element(rule: str) -> etree._Element:
    """The name of a rule, with its description on hover and a link to it below."""
    known = RULES.get(rule)
    if known is None:
        return element("span", *breakable(rule, "._"), class_="code")
    said = f"{known.title}. {known.description}"
    return element("a", *breakable(rule, "._"), class_="code", href=f"#rule-{rule}", title=said)


def head_row(heads: Sequence[tuple[str, str]]) -> etree._Element:
    """The head of a table: a text and the class of its column each."""
    cells = (element("th", text, scope="col", class_=class_) for text, class_ in heads)
    return element("thead", element("tr", *cells))


def table(
    heads: Sequence[tuple[str, str]], rows: Iterable[etree._Element], kind: str
) -> etree._Element:
    """A table of rows under heads."""
    return element("table", head_row(heads), element("tbody", *rows), class_=kind)
