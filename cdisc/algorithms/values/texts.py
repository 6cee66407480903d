"""Texts: joining, taking apart, cleaning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.algorithms.arguments import Column, Columns, Result
from cdisc.algorithms.columns.issues import issue
from cdisc.algorithms.columns.uniques import TEXT, arrow_text, distinct, text_column
from cdisc.algorithms.registry import algorithm
from cdisc.errors import UsageError
from cdisc.model import Severity

NOTHING: Mapping[str, str] = {}


def _join_method(texts: Mapping[str, str]) -> str:
    separator = texts.get("separator", "")
    between = f' with "{separator}" between them' if separator else ""
    skipped = texts.get("if_missing") == "skip"
    policy = "missing ones left out" if skipped else "null when one of them is missing"
    return f"Concatenation of {texts['of']}{between}; {policy}."


@algorithm(main="of", method=_join_method, gives="text")
def join_text(
    of: Columns, separator: str = "", if_missing: Literal["missing", "skip"] = "missing"
) -> Result:
    """Several values put together to one text.

    1. Take the values in the order written, numbers without trailing zeros.
    2. Put the separator between them.

    Missing: one missing value makes the result missing, or with `if_missing: skip` is left out
    with its separator; missing when all are.
    Source: SDTMIG 3.4, section 5.2 (USUBJID unique across studies).
    Example: of [STUDYID, SITEID, SUBJID], separator "-" gives `S1-01-007`.

    Args:
        of: the values to join.
        separator: what stands between them.
        if_missing: what a missing value does.
    """
    if not of:
        raise UsageError("join_text needs at least one column")
    between = pa.scalar(separator, pa.large_string())
    joined, *others = (arrow_text(text_column(column)) for column in of)
    # Two at a time: Arrow's own skipping of missing values loses rows where all are missing.
    for other in others:
        both = pc.binary_join_element_wise(joined, other, between)
        joined = pc.coalesce(both, joined, other) if if_missing == "skip" else both
    empty = pc.equal(joined, "")
    joined = pc.if_else(empty, pa.scalar(None, pa.large_string()), joined)
    return Result(pd.Series(pd.array(joined, dtype=TEXT)))


@algorithm(
    main="of",
    origin="Carried",
    method='Part {part} of {of} taken apart at "{separator}".',
    gives="text",
)
def text_part(of: Column, separator: str, part: int) -> Result:
    """One part of a text taken apart at a separator.

    1. Split the text at every separator; drop blanks around the part.
    2. Count parts from 1; negative numbers count from the end.

    Missing: stays missing; missing as well when there is no such part or it is empty.
    Source: the structure of the source's identifiers.
    Example: of `S1-01-007`, separator "-", part -1 gives `007`.

    Args:
        of: the text.
        separator: where to split.
        part: which part; 1 is the first, -1 the last.
    """
    if not separator or part == 0:
        raise UsageError("text_part needs a separator, and a part that is not 0")
    place = part - 1 if part > 0 else part

    def pick(text: str) -> str:
        pieces = text.split(separator)
        return pieces[place].strip() if -len(pieces) <= place < len(pieces) else ""

    return Result(_mapped(of, pick))


@algorithm(
    main="of",
    origin="Carried",
    method="Piece {piece} of {of}, split between words so that no piece exceeds {size} bytes.",
    gives="text",
)
def text_piece(of: Column, piece: int, size: int = 200, last: bool = False) -> Result:
    """One piece of a text that is too long for one variable.

    1. Split the text between words into pieces of at most `size` bytes; a word that is longer
       by itself is split where it must be.
    2. Count pieces from 1. The first belongs into the variable, the others into supplemental
       qualifiers, or into COVAL1 and TSVAL1 on.

    Missing: stays missing; missing as well when the text has fewer pieces. With `last: true`
    there is a finding where the text goes on after this piece.
    Source: SDTMIG 3.4, section 4.5.3.2 (text strings over 200 characters); 5.1 (CO), 7.4.2 (TS).
    Example: of `red and blue`, piece 2, size 7 gives `blue`.

    Args:
        of: the text.
        piece: which piece, from 1.
        size: the most bytes (UTF-8) a piece may have.
        last: whether no further piece is written.
    """
    if piece < 1 or size < 4:
        raise UsageError("text_piece needs a piece from 1 on, and a size of 4 bytes or more")

    values = distinct(of)
    split = [_pieces(text, size) for text in values.texts]
    found = values.text([parts[piece - 1] if piece <= len(parts) else "" for parts in split])
    if not last:
        return Result(found)
    more = values.flags([len(parts) > piece for parts in split])
    return Result(
        found,
        issue(
            "text_piece.goes_on",
            f"the text goes on after piece {piece}, the last that is written: {{value}}",
            more,
            of,
            hint="Add a variable for the next piece",
        ),
    )


def _pieces(text: str, size: int) -> list[str]:
    pieces: list[str] = []
    current = ""
    for word in text.split(" "):
        longer = f"{current} {word}" if current else word
        if len(longer.encode()) <= size:
            current = longer
            continue
        if current:
            pieces.append(current)
        *whole, current = _cut(word, size)
        pieces += whole
    return [*pieces, current] if current else pieces


def _cut(word: str, size: int) -> list[str]:
    """A word in parts of at most `size` bytes, no character divided; the last may be short."""
    parts, current = [], ""
    for character in word:
        if len((current + character).encode()) > size:
            parts.append(current)
            current = ""
        current += character
    return [*parts, current]


def _clean_method(texts: Mapping[str, str]) -> str:
    text = f"{texts['of']} with compatibility characters in their plain form, blanks trimmed"
    replaced = texts.get("replace")
    return f"{text}; replaced: {replaced}." if replaced else f"{text}."


@algorithm(main="of", origin="Carried", method=_clean_method, gives="text")
def clean_text(
    of: Column,
    replace: Mapping[str, str] = NOTHING,
    not_ascii: Literal["finding", "keep"] = "finding",
) -> Result:
    """A text in characters that every SAS transport file can hold.

    1. Make the declared replacements (`α: alpha`), longer ones first.
    2. Normalize to Unicode NFKC: full-width letters and digits, ligatures and superscripts
       become plain ones; then make the replacements of characters that only now stand there.
    3. Trim blanks.

    Missing: stays missing. Characters beyond ASCII that are left stay, with a finding; with
    `not_ascii: keep` without one, for texts that are only looked up and never written.
    Source: FDA Study Data Technical Conformance Guide (ASCII text); Unicode UAX 15.
    Example: `ＩＬ－６` gives `IL-6`.

    Args:
        of: the text.
        replace: characters or words and what to write for them.
        not_ascii: what to make of characters beyond ASCII that are left.
    """
    before = _replacer(replace)
    odd = {unicodedata.normalize("NFKC", key): value for key, value in replace.items()}
    after = _replacer({key: value for key, value in odd.items() if not key.isascii()})
    values = distinct(of)
    cleaned = [after(unicodedata.normalize("NFKC", before(t))).strip() for t in values.texts]
    result = values.text(cleaned)
    if not_ascii == "keep":
        return Result(result)
    strange = values.flags([not text.isascii() for text in cleaned])
    return Result(
        result,
        issue(
            "clean_text.not_ascii",
            "{value} has characters that are not ASCII",
            strange,
            result,
            severity=Severity.WARNING,
            hint="Say what to write for them under replace",
        ),
    )


@algorithm(main="of", origin="Carried", method="{of} in upper case.", gives="text")
def upper_case(of: Column) -> Result:
    """A text in upper case.

    1. Turn every letter into its capital.

    Missing: stays missing.
    Source: SDTMIG 3.4, section 4.2.4 (text case in submitted data).
    Example: `Headache` gives `HEADACHE`.

    Args:
        of: the text.
    """
    return Result(_mapped(of, str.upper))


@algorithm(main="of", origin="Carried", method="{of} with replacements: {replace}.", gives="text")
def replace_text(of: Column, replace: Mapping[str, str]) -> Result:
    """A text with some of its parts replaced.

    1. Go through the text once, replacing each declared part, the longest that fits first.
    2. What was written in place of a part is not looked at again.

    Missing: stays missing; missing as well when nothing is left.
    Source: the replacements the spec declares.
    Example: of `L/min`, replace {L: liter} gives `liter/min`.

    Args:
        of: the text.
        replace: parts of the text and what to write for them.
    """
    return Result(_mapped(of, _replacer(replace)))


def _mapped(of: pd.Series[Any], change: Callable[[str], str]) -> pd.Series[Any]:
    values = distinct(of)
    return values.text([change(text) for text in values.texts])


def _replacer(replace: Mapping[str, str]) -> Callable[[str], str]:
    parts = sorted((part for part in replace if part), key=lambda part: (-len(part), part))
    if not parts:
        return str
    pattern = re.compile("|".join(re.escape(part) for part in parts))
    return lambda text: pattern.sub(lambda match: replace[match.group()], text)
