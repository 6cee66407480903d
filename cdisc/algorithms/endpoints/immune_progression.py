"""Progression by iRECIST: unconfirmed, confirmed, or followed by a response after all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np

from cdisc.algorithms.arguments import (
    Column,
    Considered,
    Explaining,
    Grouped,
    Made,
    Selected,
    default,
)
from cdisc.algorithms.columns.uniques import Codes
from cdisc.algorithms.endpoints.histories import (
    History,
    Marks,
    considered,
    date_text,
    history,
    persons,
    told,
)
from cdisc.algorithms.endpoints.response_records import MADE, RESPONSES, YES_OR_NO, one_each
from cdisc.algorithms.endpoints.response_terms import CRITERIA
from cdisc.algorithms.registry import algorithm
from cdisc.model import Severity

_TERMS = CRITERIA["iRECIST"]


def _method(texts: Mapping[str, str]) -> str:
    if texts["take"] == "confirmed":
        return (
            f"Y when iUPD is followed by iCPD in {texts['responses']} with only iUPD and NE "
            "between; date of the first iUPD of that block. N otherwise."
        )
    return (
        f"Y when only iUPD and NE follow an iUPD in {texts['responses']}; date of the first iUPD "
        "of that block. N otherwise."
    )


@algorithm(main="responses", method=_method, makes=MADE, holds=YES_OR_NO)
def immune_progression(
    groups: Grouped,
    responses: Annotated[Selected, RESPONSES],
    take: Literal["confirmed", "unresolved"],
    subject: Column = default("USUBJID"),
    explain: Explaining = False,
) -> Made:
    """Whether a progression by iRECIST was confirmed, or never resolved, and when it began.

    1. A block of progression is an iUPD and what follows it as long as that is iUPD or NE.
    2. `confirmed`: the first block that an iCPD follows.
    3. `unresolved`: the last block, when nothing follows it.
    4. Y with the date of the first iUPD of the block; N otherwise.

    Missing: every subject of the rows gets a record. A response without complete date, or one
    that iRECIST does not have, is left out with a finding. An iCPD that no block precedes
    confirms nothing, with a finding.
    Ties: of two responses of one day the worst counts, then the one with the highest sequence.
    Source: iRECIST (Seymour 2017), tables 2 and 3.
    Example: iSD, iUPD, iPR, iUPD, NE, iCPD are confirmed, dated at the second iUPD.

    Args:
        groups: the subjects, a group of rows each.
        responses: the overall responses by iRECIST, as far as they count.
        take: confirmed or unresolved progression.
        subject: the subject of the row.
        explain: whether to say of each iUPD and iCPD what it means.
    """
    name = "immune_progression"
    people = persons(groups, subject, name)
    found, issues = history(responses, people, _TERMS.worst_first, name)
    begins, follower = _blocks(found)
    is_confirmed = _TERMS.are(found.answer, _TERMS.progression)
    if take == "confirmed":
        block = np.full(len(found), -1, dtype=np.int64)
        known = np.flatnonzero(is_confirmed)
        block[known] = _begin_before(found, begins, follower, known)
        issues += told(
            groups,
            f"{name}.without_iupd",
            "iCPD does not follow iUPD; it confirms nothing",
            found.group,
            is_confirmed & (block < 0),
            severity=Severity.WARNING,
        )
        end = found.first(block >= 0)
        chosen = np.where(end >= 0, block[end], -1) if len(found) else end
    else:
        chosen = found.last(begins & (follower == found.ends))
    explained: tuple[Considered, ...] = ()
    if explain:
        explained = (_explained(responses, found, begins, follower, chosen),)
    return one_each(groups, responses, found, chosen, issues, explained)


def _blocks(found: History) -> tuple[Marks, Codes]:
    """Which assessments begin a block of iUPD, and the place of what follows it.

    What follows is the first assessment that is neither iUPD nor NE, or the place after the
    subject's last one.
    """
    unconfirmed = _TERMS.are(found.answer, _TERMS.unconfirmed)
    breaks = ~(unconfirmed | _TERMS.are(found.answer, _TERMS.not_evaluable))
    count = len(found)
    # a run is what stands between two breaks of a subject; its number is that of the breaks
    # and subjects before it
    run = np.cumsum(breaks | found.starts)
    first = np.full(int(run.max(initial=0)) + 1, -1, dtype=np.int64)
    places = np.flatnonzero(unconfirmed)[::-1]
    first[run[places]] = places
    begins = np.zeros(count, dtype=np.bool_)
    begins[first[first >= 0]] = True
    nexts = np.where(breaks, np.arange(count), count)
    following = np.minimum.accumulate(nexts[::-1])[::-1] if count else nexts
    return begins, np.minimum(following, found.ends).astype(np.int64)


def _begin_before(found: History, begins: Marks, follower: Codes, places: Codes) -> Codes:
    """For each of some places the begin of the block directly before it, -1 without one."""
    block = np.full(len(found) + 1, -1, dtype=np.int64)
    starts = np.flatnonzero(begins)
    block[follower[starts]] = starts
    before = block[places]
    same = (before >= 0) & (found.group[before] == found.group[places])
    return np.where(same, before, -1)


@algorithm(
    main="responses",
    method="Y when iUPD in {responses} is followed by iSD, iPR, iCR or NON-iCR/NON-iUPD with only "
    "iUPD and NE between; date of that response. N otherwise.",
    makes=MADE,
    holds=YES_OR_NO,
)
def pseudoprogression(
    groups: Grouped,
    responses: Annotated[Selected, RESPONSES],
    subject: Column = default("USUBJID"),
    explain: Explaining = False,
) -> Made:
    """Whether an unconfirmed progression was followed by stable disease or a response.

    1. A block of progression is an iUPD and what follows it as long as that is iUPD or NE.
    2. Y when iSD, iPR, iCR or NON-iCR/NON-iUPD follows a block, with the date of the first such
       response; N otherwise.

    Missing: every subject of the rows gets a record. A response without complete date, or one
    that iRECIST does not have, is left out with a finding.
    Ties: of two responses of one day the worst counts, then the one with the highest sequence.
    Source: iRECIST (Seymour 2017), section "Pseudoprogression" and table 3.
    Example: iUPD, NE, iPR give Y and the date of the iPR.

    Args:
        groups: the subjects, a group of rows each.
        responses: the overall responses by iRECIST, as far as they count.
        subject: the subject of the row.
        explain: whether to say of each iUPD what followed it.
    """
    name = "pseudoprogression"
    people = persons(groups, subject, name)
    found, issues = history(responses, people, _TERMS.worst_first, name)
    begins, follower = _blocks(found)
    resets = np.zeros(len(found) + 1, dtype=np.bool_)
    starts = np.flatnonzero(begins)
    ended = starts[follower[starts] < found.ends[starts]]
    resets[follower[ended]] = True
    better = ~_TERMS.are(found.answer, _TERMS.progression)
    chosen = found.first(resets[:-1] & better)
    explained: tuple[Considered, ...] = ()
    if explain:
        explained = (_explained(responses, found, begins, follower, chosen),)
    return one_each(groups, responses, found, chosen, issues, explained)


def _explained(
    selected: Selected, found: History, begins: Marks, follower: Codes, chosen: Codes
) -> Considered:
    """What followed each iUPD; what the chosen assessment is."""
    is_chosen = chosen[found.group] == np.arange(len(found))
    asked = np.flatnonzero(
        _TERMS.are(found.answer, _TERMS.unconfirmed, _TERMS.progression) | is_chosen
    )
    ends = found.ends
    why = []
    for place in asked.tolist():
        term = _TERMS.worst_first[found.answer[place]]
        if term == _TERMS.unconfirmed:
            next_ = int(follower[place])
            where = "begins a block" if begins[place] else "belongs to an earlier block"
            if next_ < ends[place]:
                after = _TERMS.worst_first[found.answer[next_]]
                where += f", followed by {after} on {date_text(found.day[[next_]])[0]}"
            else:
                where += ", which nothing follows"
            why.append(f"{term} {where}")
        else:
            why.append(f"{term} ends a block" if is_chosen[place] else f"{term}")
    return considered(selected, found.group[asked], found.record[asked], is_chosen[asked], why)
