"""Puts the forms of every subject together into the raw exports of the reference study."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from cdisc.errors import UsageError
from cdisc.simulate.adverse_events import suffer, write_events
from cdisc.simulate.biopsies import write_biopsies
from cdisc.simulate.catalogues import all_coding_rows
from cdisc.simulate.central_dirt import soil_central
from cdisc.simulate.central_lab import write_elisa, write_flow, write_qpcr
from cdisc.simulate.dirt import soil
from cdisc.simulate.disposition import contacts, safety_visits, write_disposition
from cdisc.simulate.dosing import Treatment, treat, write_doses
from cdisc.simulate.edc_forms import earlier_screening, write_comments, write_screening
from cdisc.simulate.fate import Fate, fate
from cdisc.simulate.history import past, write_past
from cdisc.simulate.identifiers import write_identifiers
from cdisc.simulate.laboratory import measure, write_laboratory
from cdisc.simulate.medication import medicate, write_medication
from cdisc.simulate.sheets import Sheets
from cdisc.simulate.specimens import biopsies, blood_draws
from cdisc.simulate.subjects import (
    RESCREENED,
    Person,
    enrolled_person,
    failed_person,
    write_performance_status,
)
from cdisc.simulate.tumor import course
from cdisc.simulate.tumor_forms import write_tumor
from cdisc.simulate.visits import visits, write_visits
from cdisc.simulate.vital_signs import write_ecg, write_vital_signs
from cdisc.simulate.write import RawFiles, write_manifest

_TOLD_EVERY = 20


def simulate(
    out: Path,
    *,
    subjects: int = 40,
    seed: int = 5699811,
    manifest: Path | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[Path, ...]:
    """Write the synthetic raw exports of the reference study into a folder.

    The same `subjects` and `seed` give the same bytes everywhere, and enrolled subject k has the
    same rows for every `subjects` >= k. Screen failures, three to forty enrolled, are numbered
    after the enrolled.

    Args:
        out: Folder for the raw files; made when absent, files of the same names are replaced.
        subjects: Number of enrolled subjects, at least 1.
        seed: Any whole number from 0.
        manifest: Where to list the cells made dirty on purpose; not written when None.
        progress: Told what is being done, subjects done and subjects in all.

    Returns:
        The paths of the raw files (the manifest is not one of them).

    Raises:
        UsageError: when `subjects` or `seed` is out of range.
        WriteError: when a file cannot be written.
    """
    if subjects < 1 or seed < 0:
        raise UsageError(
            f"cannot simulate {subjects} subjects with seed {seed}",
            hint="Ask for at least 1 subject and a seed of 0 or more.",
        )
    with RawFiles(Path(out)) as files:
        for done, person in enumerate(people(subjects, seed)):
            if progress is not None and done % _TOLD_EVERY == 0:
                progress(f"Simulating subject {done + 1:,}", done, subjects)
            files.add(raw_subject(person))
        if subjects >= RESCREENED:
            person = enrolled_person(RESCREENED, seed)
            files.add(earlier_screening(person, earlier_number(subjects)))
        files.add_rows("coding.csv", all_coding_rows())
    if manifest is not None:
        write_manifest(Path(manifest), files.dirt)
    return files.paths


def people(subjects: int, seed: int) -> Iterator[Person]:
    """The enrolled in order of their numbers, then the screen failures."""
    for number in range(1, subjects + 1):
        yield enrolled_person(number, seed)
    for index in range(1, failures(subjects) + 1):
        yield failed_person(index, subjects + index, seed)


def failures(subjects: int) -> int:
    """How many fail screening beside so many enrolled."""
    return -(-3 * subjects // 40)


def earlier_number(subjects: int) -> int:
    """The number in the EDC id of the earlier screening of the person screened twice."""
    return subjects + failures(subjects) + 1


def raw_subject(person: Person) -> Sheets:
    """All rows of one subject."""
    sheets = Sheets()
    write_identifiers(person, sheets)
    lesions = course(person)
    end = fate(person, lesions)
    treatment = treat(person, end)
    safety = safety_visits(person, treatment, end)
    laboratory = measure(person, treatment, end, safety)
    events = suffer(person, treatment, laboratory, end)
    write_screening(person, end, sheets)
    write_comments(person, end, sheets)
    write_performance_status(person, _ecog_visits(person, treatment, safety), sheets)
    write_doses(person, treatment, sheets)
    seen = lesions.until(_last_scan(person, end))
    if person.enrolled is not None:
        write_tumor(person, seen, sheets)
    write_events(person, events, end, sheets)
    write_disposition(person, treatment, events, end, sheets)
    write_laboratory(person, laboratory, sheets)
    brought = past(person)
    write_past(person, brought, sheets)
    write_medication(person, medicate(person, brought, treatment, events, end), sheets)
    if person.enrolled is not None:
        write_biopsies(person, lesions, biopsies(person, treatment, end), sheets)
    calls = contacts(person, treatment, end)
    found = visits(person, treatment, seen, lesions, laboratory, end, calls, safety)
    write_visits(person, found, sheets)
    write_vital_signs(person, treatment, found, sheets)
    write_ecg(person, treatment, found, sheets)
    soil(person, sheets)
    draws = blood_draws(person, treatment, end)
    write_elisa(person, draws, sheets)
    write_flow(person, draws, sheets)
    write_qpcr(person, draws, biopsies(person, treatment, end), sheets)
    soil_central(person, sheets)
    return sheets


def _ecog_visits(
    person: Person, treatment: Treatment, safety: list[tuple[str, int]]
) -> list[tuple[str, int]]:
    screening = person.enrolled if person.enrolled is not None else person.consent + 2
    visits = [("SCREENING", max(person.consent, screening - 2))]
    visits += [(label, when) for label, when, _, number in treatment.visits if number == 1]
    return visits + [visit for visit in safety if visit[0] == "END OF TREATMENT"]


def _last_scan(person: Person, end: Fate) -> int:
    """Nobody is scanned after leaving; few are after another therapy has begun."""
    last = min(end.end(), end.last_alive)
    goes_on = person.golden is not None or person.scenario == "new therapy before progression"
    return last if goes_on or end.new_therapy is None else min(last, end.new_therapy)
