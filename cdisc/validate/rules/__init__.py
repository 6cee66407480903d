"""The rules, one topic a file. A topic has `RULES` and says, in `checks`, where they apply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from cdisc.validate.facts import Facts
from cdisc.validate.rule import Check, Rule
from cdisc.validate.rules import (
    analysis_dates,
    baseline,
    dates,
    flags,
    keys,
    lengths,
    numbered,
    relations,
    structure,
    studydays,
    subject_level,
    subjects,
    terminology,
    testcodes,
    text,
    time_to_event,
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
    subject_level,
    analysis_dates,
    flags,
    numbered,
    baseline,
    time_to_event,
)

RULES: Mapping[str, Rule] = MappingProxyType(
    {rule.id: rule for topic in TOPICS for rule in topic.RULES}
)


def checks_of_all_topics(facts: Facts) -> Iterator[Check]:
    """The checks of every topic for one dataset, topic by topic."""
    for topic in TOPICS:
        yield from topic.checks(facts)
