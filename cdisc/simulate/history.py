"""What a subject brings along: mh.csv, cadx.csv and priortx.csv, all known at screening.

Eligible subjects had two lines of systemic treatment, or the form says that none is recommended
for their tumor (NONCCN); whatever they had ended more than four weeks before enrolment.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cdisc.simulate.catalogues import CONDITIONS, DRUGS, PROCEDURES, TUMORS, Condition, Tumor
from cdisc.simulate.chance import Chance
from cdisc.simulate.dates import edc, without_day, without_month
from cdisc.simulate.sheets import Row, Sheets
from cdisc.simulate.subjects import Person

# Names of random streams, beside those of subjects.py.
HISTORY, PRIOR = 41, 42

SYSTEMIC, RADIOTHERAPY, SURGERY = 1, 2, 3

_REGIMENS: dict[str, tuple[str, ...]] = {
    "1": ("Carboplatin with paclitaxel", "Pemetrexed with cisplatin", "Osimertinib", "Sintilimab",
          "Docetaxel"),
    "2": ("Epirubicin with cyclophosphamide", "Docetaxel", "Capecitabine", "Gemcitabine"),
    "3": ("Oxaliplatin with fluorouracil", "Irinotecan with fluorouracil", "Bevacizumab",
          "Regorafenib"),
    "4": ("Sorafenib", "Lenvatinib", "Sintilimab"),
    "5": ("Doxorubicin", "Gemcitabine", "Anlotinib"),
    "9": ("Oxaliplatin with fluorouracil", "Gemcitabine", "Capecitabine", "Sintilimab"),
}  # fmt: skip
_RESPONSES = (("PR", 3.0), ("SD", 4.0), ("PD", 3.0), ("CR", 0.3), ("U", 1.0))
_STAGES = (("IV", 6.0), ("IVA", 1.0), ("IVB", 1.0), ("IIIC", 0.7), ("IIIB", 1.0), ("III", 0.5))
_WASHOUT = 28


@dataclass(frozen=True, slots=True)
class Disease:
    """One line of the history; days are ordinals, `end` None while it lasts."""

    condition: Condition
    verbatim: str
    start: int
    end: int | None


@dataclass(frozen=True, slots=True)
class Prior:
    """One earlier treatment of the tumor; `line` counts the lines of systemic treatment."""

    line: int
    kind: int
    verbatim: str
    start: int
    end: int
    response: str


@dataclass(slots=True)
class Past:
    """The tumor with the day of its diagnosis, its stage, other diseases, earlier treatments.

    `no_standard` says that no treatment is recommended for the tumor.
    """

    tumor: Tumor
    histology: str
    stage: str
    diagnosed: int
    no_standard: bool
    diseases: list[Disease] = field(default_factory=list)
    treatments: list[Prior] = field(default_factory=list)


def past(person: Person) -> Past:
    """The history of one screened person."""
    chance = person.chance(HISTORY)
    fitting = [(t, t.weight) for t in TUMORS if t.sex in (0, person.sex)]
    tumor = chance.weighted(fitting)
    found = Past(
        tumor=tumor,
        histology=_written(tumor.verbatims, person, chance),
        stage=chance.weighted(_STAGES),
        diagnosed=person.consent - chance.whole(420, 1500),
        no_standard=tumor.code in ("5", "9") and chance.happens(0.5),
    )
    found.diseases = _diseases(person, chance)
    found.treatments = _treatments(person, found)
    return found


def write_past(person: Person, found: Past, sheets: Sheets) -> None:
    """Rows of mh.csv, cadx.csv and priortx.csv; what is long past is often not known to the day."""
    chance = Chance(person.seed, HISTORY, person.number)
    for disease in found.diseases:
        row = sheets.add(
            "mh.csv",
            person.subject,
            disease.verbatim,
            edc(disease.start),
            None if disease.end is None else edc(disease.end),
            int(disease.end is None),
        )
        _mark_foreign(row, "mh.csv", "MHTERM", sheets)
        if disease.end is None:
            sheets.mark("D09", "mh.csv", row, "MHONGO", "still there at screening")
        if person.golden is None:
            _forget("mh.csv", row, "MHSTDAT", 0.55, chance, sheets)
            _forget("mh.csv", row, "MHENDAT", 0.4, chance, sheets)
    row = sheets.add(
        "cadx.csv",
        person.subject,
        found.tumor.code,
        found.histology,
        found.stage,
        edc(found.diagnosed),
        int(found.no_standard),
    )
    _mark_foreign(row, "cadx.csv", "HISTO", sheets)
    if person.golden is None:
        _forget("cadx.csv", row, "DXDAT", 0.25, chance, sheets)
    for prior in found.treatments:
        row = sheets.add(
            "priortx.csv",
            person.subject,
            prior.line,
            prior.kind,
            prior.verbatim,
            edc(prior.start),
            edc(prior.end),
            prior.response,
        )
        _mark_foreign(row, "priortx.csv", "TRT", sheets)
        # The last treatment must be seen to have ended in time.
        if person.golden is None and prior is not found.treatments[-1]:
            _forget("priortx.csv", row, "STDAT", 0.3, chance, sheets)
            _forget("priortx.csv", row, "ENDAT", 0.15, chance, sheets)


def write_earlier_past(person: Person, subject: str, sheets: Sheets) -> None:
    """A disease that was told at an earlier screening only, under the `subject` id of that one."""
    start = person.consent - 4000
    row = sheets.add("mh.csv", subject, "appendicitis", edc(start), edc(start + 12), 0)
    sheets.mark("D05", "mh.csv", row, "SUBJECT", "told under the id of an earlier screening")


def _written(verbatims: tuple[str, ...], person: Person, chance: Chance) -> str:
    """How the site writes it; the golden subjects are written in English."""
    picked = chance.pick(verbatims)
    return verbatims[0] if person.golden is not None else picked


def _diseases(person: Person, chance: Chance) -> list[Disease]:
    open_ = [(c, c.weight) for c in CONDITIONS if c.sex in (0, person.sex)]
    found = []
    for _ in range(chance.whole(1, 4)):
        condition = chance.weighted(open_)
        open_ = [pair for pair in open_ if pair[0] is not condition]
        start = person.consent - chance.whole(200, 5200)
        end: int | None = start + chance.whole(10, 150)
        if condition.chronic and not chance.happens(0.1):
            end = None
        verbatim = _written(condition.verbatims, person, chance)
        found.append(Disease(condition, verbatim, start, end))
    return found


def _treatments(person: Person, found: Past) -> list[Prior]:
    """Earlier treatments in order of time, the last more than four weeks before enrolment."""
    chance = person.chance(PRIOR)
    lines = chance.whole(0, 1) if found.no_standard else chance.whole(2, 3)
    regimens = list(_REGIMENS[found.tumor.code])
    last = (person.enrolled if person.enrolled is not None else person.consent) - _WASHOUT
    start = found.diagnosed + chance.whole(7, 30)
    treatments = []
    if chance.happens(0.5):
        code = found.tumor.code
        operation = next(p for p in PROCEDURES if p.kind == "surgery" and code in p.codes)
        verbatim = _written(operation.verbatims, person, chance)
        treatments.append(Prior(1, SURGERY, verbatim, start, start, ""))
        start += chance.whole(20, 45)
    share = max(1, (last - start - 30) // max(1, lines))
    for line in range(1, lines + 1):
        drug = DRUGS[regimens.pop(chance.whole(0, len(regimens) - 1))]
        length = max(20, share * chance.whole(50, 85) // 100)
        verbatim = _written(drug.verbatims, person, chance)
        response = chance.weighted(_RESPONSES)
        treatments.append(Prior(line, SYSTEMIC, verbatim, start, start + length, response))
        start += share
    if chance.happens(0.35):
        radio = next(p for p in PROCEDURES if p.kind == "radio")
        end = last - chance.whole(3, 20)
        verbatim = _written(radio.verbatims, person, chance)
        treatments.append(
            Prior(max(1, lines), RADIOTHERAPY, verbatim, end - chance.whole(14, 40), end,
                  chance.weighted(_RESPONSES))
        )  # fmt: skip
    return sorted(treatments, key=lambda prior: (prior.end, prior.start))


def _forget(file: str, row: Row, column: str, share: float, chance: Chance, sheets: Sheets) -> None:
    """Leave the day, or day and month, of a date unknown in some of the rows."""
    index = {"MHSTDAT": 2, "MHENDAT": 3, "DXDAT": 4, "STDAT": 4, "ENDAT": 5}[column]
    drawn = chance.unit()
    if not row[index] or drawn >= share:
        return
    if drawn < share / 3:
        sheets.set("D01", file, row, column, without_month(row[index]), "only the year known")
    else:
        text = without_day(row[index], "UNK" if drawn < share / 2 else "UN")
        sheets.set("D01", file, row, column, text, "day not known")


def _mark_foreign(row: Row, file: str, column: str, sheets: Sheets) -> None:
    """Mark what was written in Chinese."""
    cells = [cell for cell in row if not cell.isascii()]
    if cells:
        sheets.mark("D28", file, row, column, "written in Chinese")
