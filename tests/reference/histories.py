"""Random histories that make every branch of the algorithms likely.

Values are plain (texts, numbers, dates), so that a test can make tables of them: `rows_of` gives
the lesions of a history as such rows.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import strategies as st

from .best_response import Assessed, Criteria
from .lesions import (
    ABSENT,
    ENLARGED,
    FURTHER,
    PRESENT,
    Assessment,
    NewLesion,
    NonTarget,
    Size,
    Target,
)
from .time_to_event import Source

FIRST_DOSE = date(2024, 1, 10)

# around the 26 and 28 days of confirmation, the 42 of the plan, the 98 of missed assessments
INTERVALS = (7, 14, 25, 26, 27, 28, 29, 42, 42, 42, 98, 99)

# what can be after each state of a non-target; None is NOT DONE
NEXT_STATE = {
    PRESENT: (PRESENT, PRESENT, PRESENT, ABSENT, ENLARGED, None),
    ABSENT: (ABSENT, ABSENT, PRESENT, None),
    ENLARGED: (ENLARGED, FURTHER, PRESENT),
    FURTHER: (FURTHER, ENLARGED, PRESENT),
    None: (PRESENT, ABSENT, None),
}

CERTAINTY = {True: "UNEQUIVOCAL", False: "EQUIVOCAL"}


# One strategy for the same choices, as hypothesis takes longer to make one than to draw from it.
pick = functools.cache(st.sampled_from)

# days from the last assessment: on and around it, the limits of missed assessments, or none
NEAR = st.none() | st.sampled_from((-43, -1, 0, 0, 1, 42, 97, 98, 99))


@dataclass(frozen=True)
class LesionHistory:
    """All assessments of one subject, the baseline first."""

    first_dose: date
    assessments: tuple[Assessment, ...]


@st.composite
def lesion_histories(
    draw: st.DrawFn, max_assessments: int = 7, tenths: bool = False
) -> LesionHistory:
    """A subject from baseline on.

    Targets may be missing, too small, split, merged, or of another list than at baseline; sums
    are often put exactly on, or 1 mm beside, the limits of PR and PD. `tenths`: sizes with one
    decimal, as fractions.
    """
    step = Fraction(1, 10) if tenths else 1
    targets = [
        Piece(f"T{n:02d}", draw(st.booleans()) and draw(st.booleans()))
        for n in range(1, draw(st.sampled_from((0, 1, 2, 2, 3, 4))) + 1)
    ]
    least = {False: 10, True: 15}
    for one in targets:
        one.size = least[one.nodal] + step * draw(st.integers(0, 40))
    states: dict[str, str | None] = {
        f"NT{n:02d}": PRESENT for n in range(1, draw(st.sampled_from((0, 0, 1, 2))) + 1)
    }
    if not targets and not states:
        states["NT01"] = PRESENT

    day = FIRST_DOSE - timedelta(draw(st.sampled_from((1, 7, 14))))
    assessments = [
        Assessment(
            1,
            tuple(Target(one.lesion, day, one.size, one.nodal) for one in targets),
            tuple(NonTarget(lesion, day, state) for lesion, state in states.items()),
        )
    ]
    base = sum((one.size for one in targets), start=0)
    nadir: Size = base
    new: dict[str, dict[str, object]] = {}
    pieces = list(targets)
    day = FIRST_DOSE
    # A subject mostly keeps to one course; without one PR and CR would hardly ever last.
    course = draw(st.sampled_from(("shrink", "any", "grow", "vanish")))
    for number in range(2, draw(st.integers(1, max_assessments)) + 2):
        day += timedelta(draw(st.sampled_from(INTERVALS)))
        second_day = day + timedelta(draw(st.sampled_from((0, 0, 0, 1, 3, 13))))

        # Targets
        pieces = draw(st.sampled_from((same, same, same, same, split, merge)))(pieces)
        for one in pieces:
            one.size = draw(sizes_after(one.size, course, step))
        if pieces and draw(st.booleans()):
            put_on_a_limit(draw, pieces, base, nadir, step)
        total = sum((one.size for one in pieces), start=0)
        missing = {one.lesion for one in pieces if draw(st.integers(0, 11)) == 0}
        if not missing:
            nadir = min(nadir, total)
        rows = []
        for one in pieces:
            size = None if one.lesion in missing else one.size
            if size is None and draw(st.booleans()):
                continue  # not even recorded
            when = draw(st.sampled_from((day, second_day)))
            rows.append(Target(one.lesion, when, size, one.nodal, one.parents))
        if draw(st.integers(0, 19)) == 0:
            rows.append(Target("T09", day, 50))  # not of the baseline list

        # Non-targets
        seen = []
        for lesion, state in states.items():
            states[lesion] = draw(st.sampled_from(NEXT_STATE[state]))
            seen.append(NonTarget(lesion, draw(st.sampled_from((day, second_day))), states[lesion]))

        # New lesions
        if len(new) < 3 and draw(st.integers(0, 5)) == 0:
            new[f"NEW{len(new) + 1:02d}"] = {
                "size": 10,
                "measured": draw(st.booleans()),
                "unequivocal": draw(st.booleans()),
                "gone": False,
            }
        found = []
        for lesion, what in new.items():
            found.append(new_lesion(draw, lesion, draw(st.sampled_from((day, second_day))), what))

        if not rows and not seen and not found:
            continue
        assessments.append(
            Assessment(
                number,
                tuple(rows),
                tuple(seen),
                tuple(found),
                symptomatic=draw(st.integers(0, 3)) == 0,
            )
        )
        day = second_day
    return LesionHistory(FIRST_DOSE, tuple(assessments))


class Piece:
    """A target as it is at the moment: whole, a piece, or merged of several."""

    def __init__(self, lesion: str, nodal: bool, size: Size = 0, parents: Sequence[str] = ()):
        self.lesion = lesion
        self.nodal = nodal
        self.size: Size = size
        self.parents = tuple(parents)

    @property
    def whole(self) -> bool:
        return "." not in self.lesion


def same(pieces: list[Piece]) -> list[Piece]:
    return pieces


def split(pieces: list[Piece]) -> list[Piece]:
    """The first lesion that is whole falls into two."""
    for at, one in enumerate(pieces):
        if one.whole and not one.nodal:
            half = one.size // 2
            parts = [
                Piece(f"{one.lesion}.1", False, half),
                Piece(f"{one.lesion}.2", False, one.size - half),
            ]
            return pieces[:at] + parts + pieces[at + 1 :]
    return pieces


def merge(pieces: list[Piece]) -> list[Piece]:
    """The last two lesions that are whole become one."""
    whole = [one for one in pieces if one.whole and not one.nodal][-2:]
    if len(whole) < 2:
        return pieces
    first, second = whole
    merged = Piece(
        f"{first.lesion}.M", False, first.size + second.size, (first.lesion, second.lesion)
    )
    return [one for one in pieces if one not in whole] + [merged]


def sizes_after(size: Size, course: str, step: Size) -> st.SearchStrategy[Size]:
    """Unchanged, a little or much more or less, too small (5), gone."""
    shrunk, grown = size * 6 // 10, size + 10
    choices: dict[str, tuple[Size, ...]] = {
        "shrink": (size, shrunk, max(size - step, 0), 5, size + step),
        "vanish": (0, 0, 0, 0, 5, size),
        "grow": (size, grown, size + 5, size + step, size + 4),
        "any": (size, shrunk, 0, 5, size + 4, size + 5, size + step, grown, max(size - step, 0)),
    }
    return st.sampled_from(choices[course])


def put_on_a_limit(
    draw: st.DrawFn, pieces: list[Piece], base: Size, nadir: Size, step: Size
) -> None:
    """Change the first lesion so that the sum lies on a limit, or one step beside it."""
    limit = draw(st.sampled_from((nadir + nadir // 5, nadir + 5, base * 7 // 10, nadir, base)))
    wanted = limit + step * draw(st.sampled_from((-1, 0, 0, 1)))
    others = sum((one.size for one in pieces[1:]), start=0)
    pieces[0].size = max(wanted - others, 0)


def new_lesion(draw: st.DrawFn, lesion: str, day: date, what: dict[str, object]) -> NewLesion:
    """The lesion at the next assessment; `what` remembers it."""
    grown = draw(st.integers(0, 3)) == 0
    change = draw(st.sampled_from((0, 0, 0, 4, 5, 6, -3, -100, None)))
    what["unequivocal"] = what["unequivocal"] or draw(st.booleans())
    if not what["measured"]:
        what["gone"] = what["gone"] or draw(st.integers(0, 5)) == 0
        return NewLesion(
            lesion,
            day,
            unequivocal=bool(what["unequivocal"]),
            measured=False,
            gone=bool(what["gone"]),
            grown=grown and not what["gone"],
        )
    size: Size | None = None  # NOT DONE
    if change is not None:
        what["size"] = size = max(int(str(what["size"])) + change, 0)
    return NewLesion(lesion, day, bool(what["unequivocal"]), measured=True, size=size)


def rows_of(history: LesionHistory) -> list[dict[str, object]]:
    """One row a lesion and assessment, all with the same keys; what does not apply is None."""
    rows = []
    for one in history.assessments:
        for role, lesion in (
            *(("TARGET", row) for row in one.targets),
            *(("NON-TARGET", row) for row in one.non_targets),
            *(("NEW TARGET" if row.measured else "NEW NON-TARGET", row) for row in one.new_lesions),
        ):
            values = asdict(lesion)
            unequivocal = values.get("unequivocal")
            rows.append(
                {
                    "assessment": one.number,
                    "symptomatic": one.symptomatic,
                    "role": role,
                    "lesion": values["lesion"],
                    "date": values["date"],
                    "size": values.get("size"),  # mm; None of a target or new target: NOT DONE
                    "nodal": values.get("nodal"),
                    "parents": list(values.get("parents", ())),
                    "state": values.get("state"),  # of a non-target; None: NOT DONE
                    "certainty": CERTAINTY.get(unequivocal),
                    "gone": values.get("gone"),  # of a new non-target, as is `grown`
                    "grown": values.get("grown"),
                }
            )
    return rows


@dataclass(frozen=True)
class ResponseHistory:
    """The responses of one subject, in no order, some of one date."""

    reference: date
    new_therapy: date | None
    records: tuple[Assessed, ...]


@st.composite
def response_histories(
    draw: st.DrawFn, criteria: Criteria, max_records: int = 9
) -> ResponseHistory:
    """Responses as they come, or of a responder: mostly CR and PR, NE or SD between; PD late."""
    calm = (criteria.cr, criteria.pr, criteria.sd, criteria.non, criteria.ne)
    responding = (criteria.pr, criteria.pr, criteria.cr, criteria.cr, criteria.ne, criteria.sd)
    progressing = tuple(value for value in criteria.worst if value not in calm)
    failing = (criteria.pd, criteria.pd, criteria.pd, criteria.last, criteria.ne)
    course = draw(pick((calm, responding, responding, failing, progressing + calm)))
    day = FIRST_DOSE + timedelta(draw(pick((-20, -1, 0, 20, 34, 35, 42))))
    records = []
    for seq in range(1, draw(st.integers(0, max_records)) + 1):
        values = progressing if draw(st.integers(0, 7)) == 7 else course
        records.append(Assessed(day, draw(pick(values)), seq))
        day += timedelta(draw(pick((0, *INTERVALS))))
    therapy = None
    if records and draw(st.integers(0, 2)) == 0:
        therapy = draw(st.sampled_from(records)).date + timedelta(draw(st.integers(-1, 1)))
    return ResponseHistory(FIRST_DOSE, therapy, tuple(draw(st.permutations(records))))


@dataclass(frozen=True)
class EventHistory:
    """The dates of one subject; any but the assessments may be missing."""

    start: date | None
    response: date | None
    progression: date | None
    death: date | None
    adequate: tuple[date, ...]
    new_therapy: date | None
    last_alive: date | None
    stop: date | None


@st.composite
def event_histories(draw: st.DrawFn) -> EventHistory:
    """Assessments at times, then maybe PD, death, new therapy around the same days."""
    start = FIRST_DOSE
    day = start
    adequate = []
    for _ in range(draw(st.integers(0, 5))):
        day += timedelta(draw(pick(INTERVALS)))
        adequate.append(day)
    response = None
    if adequate and draw(st.booleans()):
        response = adequate[draw(pick(tuple(range(len(adequate)))))]
    progression = None
    if draw(st.booleans()):
        day += timedelta(draw(pick(INTERVALS)))
        progression = day
        adequate.append(day)

    def some_day(offsets: st.SearchStrategy[int | None], since: date) -> date | None:
        days = draw(offsets)
        return None if days is None else since + timedelta(days)

    last_alive = some_day(NEAR, day)
    return EventHistory(
        start=some_day(pick((0, 0, 0, 30, None)), start),
        response=response,
        progression=progression,
        death=some_day(NEAR, day),
        adequate=tuple(draw(st.permutations(adequate))),
        new_therapy=some_day(NEAR, day),
        last_alive=last_alive,
        stop=some_day(pick((None, 0, 42)), day),
    )


def sources(cnsr: st.SearchStrategy[int]) -> st.SearchStrategy[list[Source]]:
    """Where an event or a censoring may come from: few days, so that ties are common."""
    days = st.none() | st.integers(-2, 6).map(lambda days: FIRST_DOSE + timedelta(days))
    texts = st.sampled_from("abcdef")
    return st.lists(st.builds(Source, days, texts, cnsr), max_size=5)
