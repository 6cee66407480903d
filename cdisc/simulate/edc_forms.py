"""What the EDC forms of a person say: consent, demography, eligibility, enrolment, comments."""

from __future__ import annotations

from cdisc.simulate.chance import Chance
from cdisc.simulate.dates import DATA_CUT, edc, iso
from cdisc.simulate.disposition import END_OF_STUDY
from cdisc.simulate.edc_metadata import CODE_LISTS, sheet_name
from cdisc.simulate.fate import SCREEN_FAILURE, Fate
from cdisc.simulate.history import write_earlier_past
from cdisc.simulate.identifiers import write_earlier_identifiers
from cdisc.simulate.sheets import Row, Sheets
from cdisc.simulate.subjects import RESCREENED, Person

CONSENT, DEMOGRAPHY, ELIGIBILITY, ENROLMENT, COMMENTS = map(
    sheet_name, ("IC", "DM", "IE", "ENR", "CO")
)
# Names of random streams of their own.
_ELIGIBILITY_FORM, _COMMENTS_FORM = 66, 67

# Days between the screening that failed and the consent to the next one.
_WASHOUT = 35
_RESCREENED_FOR = "E3"
# Reasons to fail that leave no trace on other forms.
_REASONS = ("E2", "E3", "E6", "E7")

_LONG_COMMENT = (
    "Subject travelled to another province between cycle 2 and cycle 3 because of a death in the "
    "family; the site was told by telephone on the day of departure, the visits of day 15 and day "
    "22 were agreed to be done at the local hospital, and its laboratory reports are filed with "
    "the source documents of the subject."
)
_GREEK_COMMENT = "IFN-α kinetics discussed with the laboratory； next sample to be kept at 4 ℃"
_COMMENTS = (
    "Diary card returned late; entries checked with the subject",
    "Concomitant medication reviewed at the visit, no change",
    "Subject asked for appointments in the morning",
    "Transport to the site arranged by the study nurse",
)


def write_screening(person: Person, fate: Fate, sheets: Sheets) -> None:
    """The forms of a screening: consent, demography and every criterion; enrolment if it came."""
    twice = person.number == RESCREENED and person.enrolled is not None
    row = sheets.add(
        CONSENT,
        person.subject,
        iso(person.consent),
        person.screening_number,
        f"S{person.number:02d}" if twice else None,
    )
    if twice:
        sheets.mark("D05", CONSENT, row, "PREVSCR", "screened twice; earlier screening number")
    if person.enrolled is None and _lacks_day(person):
        partial = iso(person.consent)[:7]
        sheets.set("D01", CONSENT, row, "ICDAT", partial, "day of consent not known")
    _write_demography(person, sheets)
    until = person.enrolled if person.enrolled is not None else fate.leave
    if until is None:
        until = person.consent
    chance = person.chance(_ELIGIBILITY_FORM)
    assessed = max(person.consent, until - chance.whole(0, 1))
    _write_criteria(person.subject, _unmet(person, chance), assessed, sheets)
    if person.enrolled is not None:
        sheets.add(ENROLMENT, person.subject, iso(person.enrolled), person.arm or None)


def earlier_screening(person: Person, number: int) -> Sheets:
    """The screening that a person failed before, under the EDC id of its own `number`."""
    sheets = Sheets()
    chance = Chance(person.seed, 5, number)
    subject = f"001-{number:04d}"
    failed = person.consent - _WASHOUT - chance.whole(0, 6)
    consent = failed - chance.whole(3, 9)
    screening = f"S{person.number:02d}"
    row = sheets.add(CONSENT, subject, iso(consent), screening, None)
    sheets.mark("D05", CONSENT, row, "SCRNO", "earlier screening of a person screened twice")
    _write_demography(person, sheets, subject)
    _write_criteria(subject, (_RESCREENED_FOR,), failed, sheets)
    sheets.add("disp.csv", subject, END_OF_STUDY, None, edc(failed), SCREEN_FAILURE)
    write_earlier_identifiers(person, subject, screening, sheets)
    write_earlier_past(person, subject, sheets)
    return sheets


def write_comments(person: Person, fate: Fate, sheets: Sheets) -> None:
    """General comments on a few subjects; one is long, one has letters beyond ASCII."""
    if person.golden is not None or person.first is None:
        return
    chance = person.chance(_COMMENTS_FORM)
    texts = [chance.pick(_COMMENTS)] if person.number % 8 == 0 else []
    if person.number == 6:
        texts = [_LONG_COMMENT]
    elif person.number == 9:
        texts = [_GREEK_COMMENT]
    elif person.number == 16:
        texts.append("Second copy of the consent form handed out")
    when = person.first
    for text in texts:
        when = min(when + chance.whole(5, 60), fate.end(), DATA_CUT)
        row = sheets.add(COMMENTS, person.subject, text, iso(when))
        if not text.isascii():
            sheets.mark("D28", COMMENTS, row, "COVAL", "Greek letter, full-width and odd signs")


def _write_demography(person: Person, sheets: Sheets, subject: str = "") -> None:
    chance = Chance(person.seed, 3, person.number)
    race = chance.weighted((("Asian", 8.0), ("ASIAN", 1.0), ("asian ", 1.0)))
    row = sheets.add(
        DEMOGRAPHY,
        subject or person.subject,
        person.birth_year,
        person.sex,
        race,
        chance.weighted(((2, 9.0), (9, 1.0))),
        int(person.of_childbearing_potential) if person.sex == 2 else None,
        0 if _dies_soon(person) else 1,
    )
    if person.number == 20:
        sheets.set("D08", DEMOGRAPHY, row, "RACE", "Han Chinese", "race as free text")
    elif race != "Asian":
        sheets.mark("D08", DEMOGRAPHY, row, "RACE", "case or blank variant of a race")


def _write_criteria(subject: str, unmet: tuple[str, ...], when: int, sheets: Sheets) -> list[Row]:
    """One row per criterion: inclusion criteria that apply, exclusion criteria that do not."""
    rows = []
    for code in CODE_LISTS["CRITERION"]:
        applies = code.startswith("I") != (code in unmet)
        rows.append(sheets.add(ELIGIBILITY, subject, code, int(applies), iso(when)))
    return rows


def _unmet(person: Person, chance: Chance) -> tuple[str, ...]:
    if person.enrolled is not None:
        return ()
    reasons = ["I1"] if _dies_soon(person) else [chance.pick(_REASONS)]
    if chance.happens(0.2):
        reasons.append("E5")
    return tuple(reasons)


def _dies_soon(person: Person) -> bool:
    return person.enrolled is None and person.number % 2 == 1


def _lacks_day(person: Person) -> bool:
    """Whether a failed screening is one whose consent form lacks the day."""
    return person.number % 10 == 2
