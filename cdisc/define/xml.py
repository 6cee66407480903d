"""Elements of Define-XML: namespaces, attribute order and text that XML can carry."""

from __future__ import annotations

import re

from lxml import etree

from cdisc.errors import Location, WriteError

ODM = "http://www.cdisc.org/ns/odm/v1.3"
DEF = "http://www.cdisc.org/ns/def/v2.1"
ARM = "http://www.cdisc.org/ns/arm/v1.0"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
NAMESPACES = {None: ODM, "def": DEF, "xlink": XLINK, "arm": ARM}

_PREFIXES = {"def": DEF, "arm": ARM, "xlink": XLINK, "xml": XML}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def qualified(name: str) -> str:
    """`def:Origin` as lxml wants it; an element without a prefix is in the ODM namespace."""
    prefix, _, local = name.rpartition(":")
    return f"{{{_PREFIXES[prefix]}}}{local}" if prefix else name


def element(
    name: str, attributes: dict[str, str | None] | None = None, *children: etree._Element
) -> etree._Element:
    """An element with its attributes in the order given; those that are None are left out."""
    made = etree.Element(
        qualified(name) if ":" in name else f"{{{ODM}}}{name}",
        nsmap=NAMESPACES,  # type: ignore[arg-type]
    )
    for key, value in (attributes or {}).items():
        if value is not None:
            made.set(qualified(key), writable(value, f"{name} {key}"))
    made.extend(children)
    return made


def with_text(name: str, text: str) -> etree._Element:
    """An element that holds only text."""
    made = element(name)
    made.text = writable(text, name)
    return made


def translated(name: str, text: str) -> etree._Element:
    """`Description` or `Decode` with one English `TranslatedText`."""
    inner = with_text("TranslatedText", text)
    inner.set(qualified("xml:lang"), "en")
    return element(name, None, inner)


def writable(text: str, place: str) -> str:
    """The text with Unix line ends.

    Raises:
        WriteError: it holds a control character that XML 1.0 has no way to write (section 2.2).
    """
    found = _NOT_XML.search(text)
    if found:
        raise WriteError(
            f"the text {text[:60]!r} has the control character U+{ord(found.group()):04X}, "
            "which Define-XML cannot hold",
            at=Location(name=place),
            hint="Remove the character in the source or in the spec",
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def yes(condition: bool) -> str | None:
    """`Yes` for the attributes that are either Yes or absent."""
    return "Yes" if condition else None


def yes_no(condition: bool) -> str:
    """`Yes` or `No` for the attributes that are always present."""
    return "Yes" if condition else "No"
