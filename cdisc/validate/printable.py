"""Values from data, made safe to show on a terminal and in a page."""

from __future__ import annotations


def printable(text: str) -> str:
    """The text with control, format and other invisible characters spelled out.

    So data cannot steer a terminal, turn a line of a page around, or make XML that is none; and
    a no-break space, which looks like a space and is not one, is seen.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
