"""A page that needs nothing else: style and script are in it.

Its policy lets nothing but those two run or load, and knows them by their hashes; without a script
the page shows everything and cannot filter.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from lxml import etree

from cdisc.validate.report_elements import element


def page(title: str, *body: etree._Element) -> bytes:
    """The bytes of an HTML page, UTF-8, with the report's style and script."""
    style, script = _packaged("report.css"), _packaged("report.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("title", title),
        _code("style", style),
    )
    root = element("html", head, element("body", *body, _code("script", script)), lang="en")
    text = etree.tostring(root, method="html", encoding="utf-8", doctype="<!DOCTYPE html>")
    return bytes(text) + b"\n"


def _code(tag: str, text: str) -> etree._Element:
    """Code as it is: `element` would spell out its line ends, and its hash would be another."""
    made = etree.Element(tag)
    made.text = text
    return made


def _packaged(name: str) -> str:
    data = files("cdisc.validate").joinpath("data", name).read_bytes()
    # A checkout may have changed the line ends; a browser hashes line feeds.
    return data.decode("utf-8").replace("\r\n", "\n")


def _hash(code: str) -> str:
    return f"sha256-{b64encode(sha256(code.encode('utf-8')).digest()).decode('ascii')}"
