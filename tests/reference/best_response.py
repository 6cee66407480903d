"""Response parameters of one subject from dated responses. Study design 5.5 and 5.7.

Every convention is an argument. Choices where the texts leave room:

- New therapy: assessments on its first day still count (5.7: PD on NACTDT is an event).
- Worst of one date: NON-CR/NON-PD is between PD and SD, as it is in the order of best responses.
- CR then PR: the policy replaces each PR after a CR before anything is derived (by PD, in iRECIST
  iUPD, or by SD), so that all parameters agree; `as_reported` replaces nothing.
- Windows are differences of dates: SD counts from reference + 35 days on.
- CBOR: SD is also a CR or PR that was not confirmed, and so it is in clinical benefit.
- An iUPD with a later iSD, iPR, iCR (or neither) is no best response, even if these are too early
  to be one.
- PSPR is dated at the reset.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta


@dataclass(frozen=True)
class Assessed:
    """One overall response; `seq` breaks ties of one date and value."""

    date: date
    value: str
    seq: int = 0


@dataclass(frozen=True)
class Criteria:
    """The words of a criterion and the required orders of them."""

    cr: str
    pr: str
    sd: str
    non: str
    pd: str  # that makes PD of CR then PR
    last: str  # that ends the data
    worst: tuple[str, ...]
    best: tuple[str, ...]
    ne: str = "NE"
    missing: str = "MISSING"

    @property
    def calm(self) -> tuple[str, ...]:
        return (self.cr, self.pr, self.sd, self.non)


RECIST = Criteria(
    cr="CR",
    pr="PR",
    sd="SD",
    non="NON-CR/NON-PD",
    pd="PD",
    last="PD",
    worst=("PD", "NON-CR/NON-PD", "SD", "PR", "CR", "NE"),
    best=("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "MISSING"),
)
IRECIST = Criteria(
    cr="iCR",
    pr="iPR",
    sd="iSD",
    non="NON-iCR/NON-iUPD",
    pd="iUPD",
    last="iCPD",
    worst=("iCPD", "iUPD", "NON-iCR/NON-iUPD", "iSD", "iPR", "iCR", "NE"),
    best=("iCR", "iPR", "iSD", "NON-iCR/NON-iUPD", "iCPD", "iUPD", "NE", "MISSING"),
)


@dataclass(frozen=True)
class Answer:
    """A parameter: Y, N or a response, and its date."""

    value: str
    date: date | None = None


NO = Answer("N")


def worst_of_each_date(records: Iterable[Assessed], criteria: Criteria) -> list[Assessed]:
    """One record a date: the worst, of several the one with the highest sequence number."""
    kept: dict[date, Assessed] = {}
    for record in records:
        other = kept.get(record.date)
        if other is None:
            kept[record.date] = record
            continue
        rank, other_rank = criteria.worst.index(record.value), criteria.worst.index(other.value)
        if rank < other_rank or (rank == other_rank and record.seq > other.seq):
            kept[record.date] = record
    return [kept[day] for day in sorted(kept)]


def select(
    records: Iterable[Assessed],
    criteria: Criteria,
    reference: date,
    new_therapy: date | None = None,
    cr_then_pr: str = "as_reported",
    new_therapy_day: bool = True,
) -> list[Assessed]:
    """The records that count: from reference to new therapy, one a date, to the first PD (iCPD)."""
    within = []
    for record in records:
        if record.date < reference:
            continue
        if new_therapy is not None and record.date > new_therapy:
            continue
        if record.date == new_therapy and not new_therapy_day:
            continue
        within.append(record)
    selected: list[Assessed] = []
    seen_cr = False
    for record in worst_of_each_date(within, criteria):
        if record.value == criteria.cr:
            seen_cr = True
        if record.value == criteria.pr and seen_cr and cr_then_pr != "as_reported":
            value = {"pd": criteria.pd, "sd": criteria.sd}[cr_then_pr]
            record = replace(record, value=value)
        selected.append(record)
        if record.value == criteria.last:
            break
    return selected


def first_of(records: Sequence[Assessed], values: Iterable[str]) -> Answer:
    """Y at the first record of one of the values."""
    values = tuple(values)
    for record in records:
        if record.value in values:
            return Answer("Y", record.date)
    return NO


def response(records: Sequence[Assessed], criteria: Criteria) -> Answer:
    """RSP, IRSP: any CR or PR."""
    return first_of(records, (criteria.cr, criteria.pr))


def is_confirmed(
    records: Sequence[Assessed],
    at: int,
    criteria: Criteria,
    confirm_days: int = 28,
    max_ne: int = 1,
    accept_sd: bool = False,
) -> bool:
    """Whether the CR or PR at this place is confirmed by the first record that qualifies.

    CR: by CR, only CR and NE between. PR: by CR or PR, only CR, PR and NE between (one SD if
    accepted), no PR after CR, the confirming one included. At most `max_ne` NE.
    """
    first = records[at]
    if first.value == criteria.cr:
        confirming, allowed = {criteria.cr}, {criteria.cr, criteria.ne}
    elif first.value == criteria.pr:
        confirming = {criteria.cr, criteria.pr}
        allowed = confirming | {criteria.ne}
        if accept_sd:
            allowed.add(criteria.sd)
    else:
        return False
    ne = sd = 0
    seen_cr = False
    for record in records[at + 1 :]:
        if record.value == criteria.pr and seen_cr:
            return False
        if record.value in confirming and record.date >= first.date + timedelta(confirm_days):
            return True
        if record.value not in allowed:
            return False
        seen_cr = seen_cr or record.value == criteria.cr
        ne += record.value == criteria.ne
        sd += record.value == criteria.sd
        if ne > max_ne or sd > 1:
            return False
    return False


def confirmed_response(
    records: Sequence[Assessed],
    criteria: Criteria,
    confirm_days: int = 28,
    max_ne: int = 1,
    accept_sd: bool = False,
) -> Answer:
    """CRSP, ICRSP: Y at the first CR or PR that is confirmed."""
    for at, record in enumerate(records):
        if is_confirmed(records, at, criteria, confirm_days, max_ne, accept_sd):
            return Answer("Y", record.date)
    return NO


def best_response(
    records: Sequence[Assessed],
    criteria: Criteria,
    reference: date,
    sd_days: int = 35,
    confirm: bool = False,
    confirm_days: int = 28,
    max_ne: int = 1,
    accept_sd: bool = False,
    none: str = "MISSING",
) -> Answer:
    """BOR, IBOR; with `confirm` CBOR, ICBOR. The best, at its first date; `none` of no records."""
    if not records:
        return Answer(none)
    candidates = []
    for at, record in enumerate(records):
        later = {other.value for other in records[at + 1 :]}
        late_enough = record.date >= reference + timedelta(sd_days)
        if record.value in (criteria.cr, criteria.pr):
            if not confirm or is_confirmed(records, at, criteria, confirm_days, max_ne, accept_sd):
                value = record.value
            else:
                value = criteria.sd if late_enough else criteria.ne
        elif record.value in (criteria.sd, criteria.non):
            value = record.value if late_enough else criteria.ne
        elif record.value == "iUPD" and later & set(criteria.calm):
            value = criteria.ne
        else:
            value = record.value
        candidates.append(Answer(value, record.date))
    return min(candidates, key=lambda one: (criteria.best.index(one.value), one.date))


def progression(records: Sequence[Assessed]) -> Answer:
    """PD: the first."""
    return first_of(records, ("PD",))


def confirmed_progression(records: Sequence[Assessed]) -> Answer:
    """ICPD: the first iUPD of the block that iCPD ends, only iUPD and NE between."""
    start: date | None = None
    for record in records:
        if record.value == "iUPD":
            start = start or record.date
        elif record.value == "iCPD":
            return Answer("Y", start) if start else NO
        elif record.value != "NE":
            start = None
    return NO


def unresolved_progression(records: Sequence[Assessed]) -> Answer:
    """IUPD: the first iUPD after which there is only iUPD and NE."""
    for at, record in enumerate(records):
        rest = {other.value for other in records[at:]}
        if record.value == "iUPD" and rest <= {"iUPD", "NE"}:
            return Answer("Y", record.date)
    return NO


def pseudo_progression(records: Sequence[Assessed]) -> Answer:
    """PSPR: an iUPD that was reset to iSD, iPR, iCR or neither; the date is that of the reset."""
    seen = False
    for record in records:
        if record.value == "iUPD":
            seen = True
        elif record.value in IRECIST.calm and seen:
            return Answer("Y", record.date)
    return NO


def clinical_benefit(
    records: Sequence[Assessed],
    criteria: Criteria,
    reference: date,
    benefit_days: int = 168,
    confirm_days: int = 28,
    max_ne: int = 1,
    accept_sd: bool = False,
) -> Answer:
    """CB, ICB: confirmed response, or stable (or better) 24 weeks after reference; the earlier."""
    for at, record in enumerate(records):
        if is_confirmed(records, at, criteria, confirm_days, max_ne, accept_sd):
            return Answer("Y", record.date)
        late_enough = record.date >= reference + timedelta(benefit_days)
        if record.value in (criteria.cr, criteria.pr, criteria.sd) and late_enough:
            return Answer("Y", record.date)
    return NO


def disease_control(confirmed_best: Answer, criteria: Criteria) -> Answer:
    """DCR: CBOR is CR, PR or SD."""
    if confirmed_best.value in (criteria.cr, criteria.pr, criteria.sd):
        return Answer("Y", confirmed_best.date)
    return NO


def last_adequate(records: Sequence[Assessed], criteria: Criteria) -> Answer:
    """LSTA, ILSTA: the last response that is not NE; the value is that response."""
    for record in reversed(records):
        if record.value != criteria.ne:
            return Answer(record.value, record.date)
    return NO
