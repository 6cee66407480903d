"""The answer to a question in one sentence: what the value is, by which rule, and of which record.

It says nothing that the chain does not: it is put together of the rule, the candidate that was
taken, the values that the rule reads, and the raw cells at the end of the chain.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cdisc.trace.answer import Answer, Cell, Record, Rule

SUBJECT, QUALIFIER = "USUBJID", "QNAM"
"""The key that says whose a record is, and the one that says most of what a qualifier is about."""
COPIED = "Copied from "
IN_PART = "In part "
NAMES = "names"
"""What a record of RELREC does to others."""

LONGEST = 200
"""Characters of a rule in the sentence; all of it stands below."""

SHORTEST = 20
"""A shorter clause before what a rule may take says nothing by itself: `First that holds`."""

LONGEST_VALUE = 40
"""Longer values are not put into the rule, and name no record."""

NAMED = 3
"""Files and datasets named; others are counted."""

_NAME = re.compile(r'"[^"]*"|(?<![\w.("])(?P<name>(?:[A-Z]\w*\.)?_?[A-Z]\w*)(?![\w.(])')
_COMPARED = re.compile(r"\s*(?:[=!<>]=?|in\b|is\b)")


@dataclass(frozen=True, slots=True)
class Summary:
    """An answer in words: of what the value is (`of`), the value, why, and what it rests on.

    `value` is empty where it is missing, and None of a whole record; `why` then tells the
    datasets and sources it is made of, or the records that it names, which rest on cells of
    their own.
    """

    of: str
    value: str | None
    why: str
    rests: str

    @property
    def parts(self) -> tuple[str, str, str]:
        """What stands before the value, the value, and what stands after it."""
        if self.value is None:
            return f"{self.of} {self.why}", "", f". {self.rests}".rstrip()
        end = f": {self.why}" if self.why else ""
        end += " " if end.endswith("...") else ". "
        return f"{self.of} is ", self.value or "missing", f"{end}{self.rests}"

    def __str__(self) -> str:
        return "".join(self.parts)


def summary(answer: Answer) -> Summary:
    """The answer in one sentence, and what it rests on in another one."""
    name, label = answer.dataset, answer.label if answer.label != answer.dataset else ""
    if answer.variable:
        name, label = f"{name}.{answer.variable}", answer.variable_label
    of = (f"{name} ({label})" if label else name) + _whose(answer.record)
    if not answer.variable:
        why = _made_of(answer.record)
        return Summary(of, None, why, "" if why.startswith(NAMES) else _rests(answer.record))
    return Summary(of, answer.value, _why(answer), _rests(answer.record))


def _whose(record: Record) -> str:
    """Which record it is: what it is about, its next key, and the subject."""
    keys = [key for key in record.keys if key.text]
    subject = next((key.text for key in keys if key.name == SUBJECT), "")
    others = [key for key in keys if key.name != SUBJECT and len(key.text) <= LONGEST_VALUE]
    others.sort(key=lambda key: key.name != QUALIFIER)
    said = ""
    if others:
        first, *more = others
        bare = not first.number and not first.text[0].isdigit()
        said += f" of {first.text if bare else _cell(first)}"
        said += f" ({_cell(more[0])})" if more else ""
    return said + (f" of subject {subject}" if subject else "")


def _cell(cell: Cell) -> str:
    return f"{cell.name} {cell.text or 'missing'}"


# ---- why --------------------------------------------------------------------------------------


def _why(answer: Answer) -> str:
    """Why the value is what it is: the reason of the record among its rivals, or the rule."""
    content = answer.record.content
    if content is None:
        return ""
    rule = next((one for one in content.rules if one.variable == answer.variable), None)
    roles = [answer.variable, *([""] if rule is not None and _came_with_the_record(rule) else [])]
    told = sorted(content.considered, key=lambda one: one.variable != answer.variable)
    considered = next((one for one in told if one.variable in roles), None)
    taken = [one for one in considered.candidates if one.taken] if considered else []
    if considered is not None and considered.rivals:
        itself = next((one for one in considered.candidates if one.itself), None)
        other = [one for one in taken if not one.itself]
        if itself is not None:
            said = [itself.why, *(f"the record taken is {_named(one.record)}" for one in other[:1])]
            return itself.why if itself.taken else "; ".join(said)
        if other:
            return f"{other[0].why}, {_named(other[0].record)}"
    parts = [_rule(rule, _values(answer), listed=bool(taken))] if rule is not None else []
    if taken:
        more = f" and {len(taken) - 1} more" if len(taken) > 1 else ""
        parts.append(f"the record taken is {_named(taken[0].record)} ({taken[0].why}){more}")
    return "; ".join(part for part in parts if part)


def _came_with_the_record(rule: Rule) -> bool:
    """Whether the value is one that the rows had when they were made, which a step tells of."""
    names = {rule.variable}
    for step in rule.steps[:1]:
        if step.says.startswith(COPIED):
            names.add(step.says.removeprefix(COPIED).rstrip("."))
    return any(step.name in names for step in rule.steps[1:])


def _named(record: Record) -> str:
    """A candidate by its place or dataset and the first of its values that tell it apart."""
    cells = [cell for cell in (*record.keys, *record.cells) if cell.text][:2]
    return " ".join([record.place if record.raw else record.origin, ", ".join(map(_cell, cells))])


def _rule(rule: Rule, values: Mapping[str, str], *, listed: bool) -> str:
    """The rule in a clause, with the values that it reads; what a spec says itself comes first.

    With `listed` what it may take is left out, as what it took is told. A rule is never cut where
    what is left says something else: too long a one ends in dots.
    """
    steps = [step.says for step in rule.steps if step.name == rule.variable]
    made = [says for says in steps if not says.startswith(COPIED)]
    says = rule.said or next(iter([*made, *steps]), "")
    several = says.startswith(IN_PART)  # which of them the record is of is not known here
    says = says.rstrip(".") if several else re.split(r"\.(?: |$)", says)[0]
    if not rule.said:
        if listed and not several:
            says = re.split(r": |; ", says)[0]
            says = says if len(says) > SHORTEST else ""
        if rule.value:
            says = re.sub(r"; (?:otherwise )?null\b[^;]*", "", says)
        says = _with_values(says, values)
    if len(says) > LONGEST:
        says = f"{says[:LONGEST].rsplit(' ', 1)[0].rstrip(',;:')} ..."
    first = says.split(" ", 1)[0].strip(",:;")
    word = first.isalpha() and (first == "A" or (len(first) > 1 and first.istitle()))
    return says[:1].lower() + says[1:] if word and first not in values else says


def _values(answer: Answer) -> dict[str, str]:
    """What the names in a rule stood for, as far as it was told; not of keys, which are known."""
    record, content = answer.record, answer.record.content
    values = {cell.name: cell.text for cell in record.cells}
    for rule in content.rules if content is not None else ():
        values.setdefault(rule.variable, rule.value)
        for step in rule.steps:
            if step.value is not None:
                values.setdefault(step.name, step.value)
    for link in content.links if content is not None else ():
        for below in link.records if link.count == 1 else ():
            for cell in below.cells:
                values.setdefault(cell.name, cell.text)
                values[f"{below.origin}.{cell.name}"] = cell.text
                values[f"{link.role}.{cell.name}"] = cell.text
    keys = {cell.name for cell in record.keys}
    return {
        name: text
        for name, text in values.items()
        if name not in keys and name != answer.variable and len(text) <= LONGEST_VALUE
    }


def _with_values(says: str, values: Mapping[str, str]) -> str:
    """A rule with each name followed by its value, where it stands first and is not compared."""
    told: set[str] = set()

    def value(match: re.Match[str]) -> str:
        name = match["name"]
        compared = _COMPARED.match(says, match.end())
        if name is None or name not in values or name in told or compared:
            return match[0]
        told.add(name)
        return f"{name} ({values[name] or 'missing'})"

    return _NAME.sub(value, says)


def _made_of(record: Record) -> str:
    """What a whole record was made of, or which records it names."""
    links = record.content.links if record.content is not None else ()
    of = _listed([link.records[0].origin for link in links if link.records], "no record")
    return f"{NAMES} {of}" if any(link.says == NAMES for link in links) else f"is made of {of}"


def _listed(names: Iterable[str], none: str) -> str:
    """Names in a sentence, without repetition; of many the first ones."""
    listed = list(dict.fromkeys(names))
    if len(listed) > NAMED:
        listed[NAMED - 1 :] = [f"{len(listed) - NAMED + 1} more"]
    *first, last = listed or [none]
    return f"{', '.join(first)} and {last}" if first else last


# ---- what it rests on -------------------------------------------------------------------------


def _rests(record: Record) -> str:
    """The raw cells at the end of the chain, and their files, those with most cells first."""
    cells: dict[tuple[str, str], None] = {}
    least = ""
    for below in _all_below(record):
        if below.cut_off or (below.content and any(link.more for link in below.content.links)):
            least = "at least "
        if below.raw:
            asked = [cell for cell in (*below.keys, *below.cells) if cell.asked]
            cells |= dict.fromkeys((below.place, cell.name) for cell in asked)
    if not cells:
        return "It rests on no raw cell."
    files = Counter(re.split(r" (?:\[.*\] )?(?:row|line) ", place)[0] for place, _ in cells)
    of = _listed([name for name, _ in files.most_common()], "")
    if len(files) > 1:
        of = f"{len(files)} files: {of}"
    return f"It rests on {least}{len(cells):,} raw cell{'s' * (len(cells) > 1)} of {of}."


def _all_below(record: Record) -> Iterator[Record]:
    """A record and those below it; content that several share is looked at once."""
    waiting, met = [record], set[int]()
    while waiting:
        one = waiting.pop(0)
        yield one
        if one.content is not None and id(one.content) not in met:
            met.add(id(one.content))
            waiting += one.below()
