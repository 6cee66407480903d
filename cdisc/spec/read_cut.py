"""The `cut:` of study.yaml, and the `date:` of a source that says when its records were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cdisc.algorithms.dates.date_formats import date_format
from cdisc.algorithms.dates.utc_offsets import offset_minutes
from cdisc.errors import Location, SpecError, UsageError
from cdisc.spec.read_fields import (
    fields_of,
    flag_of,
    items_of,
    optional_text,
    required,
    text_of,
    texts_of,
)
from cdisc.spec.yaml_nodes import Fields, Node, Text

CUT_KEYS = ("date", "table", "person", "formats")
DATE_KEYS = ("column", "formats", "from_offset", "to_offset", "expected", "ends")
FOLLOWS_KEYS = ("follows", "match", "expected")
WITHOUT_KEYS = ("without", "separator")
ISO = ("YYYY-MM-DD",)
NONE = "none"


@dataclass(frozen=True, slots=True)
class Cut:
    """The data cut: one `date` in ISO 8601, or the dates of a `table` by person.

    Of the table `column` holds the dates, in one of `formats`, and `person` the persons.
    """

    at: Location
    date: str = ""
    table: str = ""
    column: str = ""
    person: str = ""
    formats: tuple[str, ...] = ISO


@dataclass(frozen=True, slots=True)
class Becomes:
    """What a cell holds when an end date is blanked: `text`, or what it held without `without`.

    Items of a cell that holds several are apart by `separator`.
    """

    text: str = ""
    without: str = ""
    separator: str = ";"


@dataclass(frozen=True, slots=True)
class EndDate:
    """A later date of a record, and the cells that follow from it: after the cut, it is blank."""

    column: str
    becomes: Mapping[str, Becomes]
    at: Location


@dataclass(frozen=True, slots=True)
class RecordDate:
    """When a record of a source was: by a `column`, or as the record of another source it matches.

    Without either, the records have no date and no cut. `formats`, `from_offset` and `to_offset`
    are those of the algorithm iso8601, for the column and the `ends`. `match` maps columns of
    the source `follows` to columns of this one. `expected` says that a missing date is odd.
    """

    at: Location
    column: str = ""
    formats: tuple[str, ...] = ()
    from_offset: str | None = None
    to_offset: str | None = None
    follows: str = ""
    match: Mapping[str, str] | None = None
    expected: bool = True
    ends: tuple[EndDate, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the source that are read or changed."""
        found = [self.column] if self.column else []
        found += (self.match or {}).values()
        for end in self.ends:
            found += [end.column, *end.becomes]
        return tuple(dict.fromkeys(found))


def read_cut(node: Node | None) -> Cut | None:
    """The data cut, when there is one. Raises SpecError at what it cannot be."""
    if node is None:
        return None
    fields = fields_of(node, "cut").only(*CUT_KEYS)
    date_node = required(fields, "date", "cut")
    text = text_of(date_node, "date")
    if "table" not in fields.fields:
        fields.only("date")
        try:
            if date.fromisoformat(text).isoformat() != text:  # it reads weeks as well
                raise ValueError
        except ValueError:
            raise SpecError(
                f"the data cut cannot be {text!r}",
                at=date_node.at,
                hint="Write a day, e.g. 2025-06-30, or name the table that has it: table: ...",
            ) from None
        return Cut(fields.at, date=text)
    table = text_of(fields.fields["table"], "table")
    person = text_of(required(fields, "person", "cut"), "person")
    return Cut(fields.at, "", table, text, person, _formats(fields.get("formats")) or ISO)


def read_record_date(node: Node | None) -> RecordDate | None:
    """The date of a source's records; None when study.yaml is silent about it."""
    if node is None:
        return None
    if isinstance(node, Text):
        if text_of(node, "date") != NONE:
            raise SpecError(
                "date must be a mapping of `name: value`, or the word none",
                at=node.at,
                hint="e.g. {column: AESTDAT, formats: [DD-MON-YYYY]}",
            )
        return RecordDate(node.at)
    fields = fields_of(node, "date")
    expected = "expected" not in fields.fields or flag_of(fields.fields["expected"], "expected")
    if "follows" in fields.fields:
        fields.only(*FOLLOWS_KEYS)
        follows = text_of(fields.fields["follows"], "follows")
        match = _match(required(fields, "match", "date"))
        return RecordDate(fields.at, follows=follows, match=match, expected=expected)
    fields.only(*DATE_KEYS, *(() if "column" in fields.fields else ("follows", "match")))
    return RecordDate(
        fields.at,
        text_of(required(fields, "column", "date"), "column"),
        _formats(required(fields, "formats", "date")),
        _offset(fields, "from_offset"),
        _offset(fields, "to_offset"),
        expected=expected,
        ends=_ends(fields.get("ends")),
    )


def _formats(node: Node | None) -> tuple[str, ...]:
    if node is None:
        return ()
    for item in items_of(node):
        try:
            if text_of(item, "formats") != "excel_serial":
                date_format(text_of(item, "formats"))
        except UsageError as error:
            raise SpecError(error.message, at=item.at, hint=error.hint) from None
    return texts_of(node, "formats")


def _offset(fields: Fields, key: str) -> str | None:
    text = optional_text(fields, key)
    if not text:
        return None
    try:
        offset_minutes(text)
    except UsageError as error:
        raise SpecError(error.message, at=fields.fields[key].at, hint=error.hint) from None
    return text


def _match(node: Node) -> dict[str, str]:
    """Their column: ours; a list when both are called so."""
    if isinstance(node, Fields):
        return {theirs: text_of(ours, theirs) for theirs, ours in node.fields.items()}
    return {name: name for name in texts_of(node, "match")}


def _ends(node: Node | None) -> tuple[EndDate, ...]:
    if node is None:
        return ()
    if not isinstance(node, Fields):
        return tuple(EndDate(name, {}, node.at) for name in texts_of(node, "ends"))
    found = []
    for name, value in node.fields.items():
        empty = isinstance(value, Text) and value.is_empty
        cells = {} if empty else fields_of(value, name).fields
        becomes = {column: _becomes(column, cell) for column, cell in cells.items()}
        found.append(EndDate(name, becomes, node.keys_at[name]))
    return tuple(found)


def _becomes(column: str, node: Node) -> Becomes:
    if isinstance(node, Fields):
        node.only(*WITHOUT_KEYS)
        without = text_of(required(node, "without", column), "without")
        return Becomes(without=without, separator=optional_text(node, "separator") or ";")
    if isinstance(node, Text) and node.is_empty:
        return Becomes()
    return Becomes(text_of(node, column))
