"""The rules, one topic a file. A topic has `RULES` and says, in `checks`, where they apply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from cdisc.validate.facts import Facts
from cdisc.validate.rule import Check, Rule
from cdisc.validate.rules import (
    dates,
    keys,
    lengths,
    relations,
    structure,
    studydays,
    subjects,
    terminology,
    testcodes,
    text,
    types,
)

TOPICS = (
    structure,
    types,
    lengths,
    text,
    keys,
    terminology,
    testcodes,
    dates,
    studydays,
    subjects,
    relations,
)

RULES: Mapping[str, Rule] = MappingProxyType(
    {rule.id: rule for topic in TOPICS for rule in topic.RULES}
)


def checks_of_all_topics(facts: Facts) -> Iterator[Check]:
    """The checks of every topic for one dataset, topic by topic."""
    for topic in TOPICS:
        yield from topic.checks(facts)
