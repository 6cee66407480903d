"""The measurements of lesions that everything about tumors is derived from: what TR and TU say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from cdisc.algorithms.arguments import (
    Column,
    Condition,
    Grouped,
    Selected,
    default,
    records,
)
from cdisc.algorithms.lesions.lesion_words import Words


@dataclass(frozen=True, slots=True, eq=False)
class Measurements:
    """Rows of TR, when treatment started, and what the lesions came from.

    Args:
        groups: the measurements of one subject.
        start: the start of treatment of each subject.
        identified: what pieces and merged lesions came from, the names divided by commas.
        same_day: whether an assessment on the day of the start of treatment is before it.
        too_small: which lesions were there but too small to measure.
        too_small_mm: the diameter that counts for those, in mm.
        words: the words for groups, tests and states, where they are not those of CDISC.
        lesion: the name of the lesion.
        group: whether it is a target, a non-target or a new lesion.
        test: what was measured.
        number: the diameter in mm.
        result: the result as text, for states.
        assessment: what names the assessment.
        date: ISO 8601 date of the scan.
        subject: the subject.
    """

    groups: Grouped
    start: Annotated[Selected, records("ADSL", by="USUBJID", date="TRTSDT")]
    identified: Annotated[
        Selected | None, records("TU", by="USUBJID", lesion="TULNKID", parents="TUGRPID")
    ] = None
    same_day: bool = False
    too_small: Condition | None = None
    too_small_mm: float = 5
    words: Words | None = None
    lesion: Column = default("TRLNKID")
    group: Column = default("TRGRPID")
    test: Column = default("TRTESTCD")
    number: Column = default("TRSTRESN")
    result: Column = default("TRSTRESC")
    assessment: Column = default("VISIT")
    date: Column = default("TRDTC")
    subject: Column = default("USUBJID")

    @property
    def vocabulary(self) -> Words:
        """The words that the measurements are in."""
        return self.words or Words()
