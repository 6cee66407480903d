"""Whether the data cut can be made: the cut itself, and when the records of each source were."""

from __future__ import annotations

from collections.abc import Iterable

from cdisc.errors import Location, did_you_mean
from cdisc.spec.notes import Notes, nearest
from cdisc.spec.read_cut import RecordDate
from cdisc.spec.study import StudySpec


def check_dates(study: StudySpec, notes: Notes) -> None:
    """Names in `cut:` and in the `date:` of sources; a source that the cut would pass over."""
    cut = study.cut
    if cut is not None and cut.table:
        known = [*study.sources, *study.tables]
        if cut.table not in known:
            hint = did_you_mean(cut.table, known) or "Sources and tables are in study.yaml"
            notes.error(f"{cut.table} is no source or table of this study", cut.at, hint)
        else:
            _columns(study, cut.table, (cut.column, cut.person), cut.at, notes)
    for name, source in study.sources.items():
        date = source.date
        if date is None:
            if cut is not None and source.person:
                notes.warning(
                    f"{name} says no date: the data cut leaves its records as they are",
                    source.spec.at,
                    "Declare date: {column: ..., formats: [...]}, or date: none",
                )
            continue
        if not source.person:
            notes.error(
                f"{name} has a date but no subject: the data cut goes by person",
                date.at,
                "Declare its subject, or leave out its date",
            )
        _columns(study, name, date.columns, date.at, notes)
        if date.follows:
            _follows(study, name, date, notes)


def _columns(
    study: StudySpec, name: str, wanted: Iterable[str], at: Location, notes: Notes
) -> None:
    if name in study.sources:
        known = study.sources[name].columns
    else:
        known = frozenset(study.tables[name].columns) or None
    for column in wanted:
        if known is not None and column not in known:
            notes.error(f"{name} has no column {column}", at, nearest(column, known))


def _follows(study: StudySpec, name: str, date: RecordDate, notes: Notes) -> None:
    source = study.sources[name]
    other = study.sources.get(date.follows)
    if other is None:
        hint = did_you_mean(date.follows, study.sources) or "Sources are declared in study.yaml"
        notes.error(f"{date.follows} is no source of this study", date.at, hint)
        return
    match = date.match or {}
    _columns(study, date.follows, match, date.at, notes)
    if source.person and match.get(other.person) != source.person:
        notes.error(
            f"{name} follows {date.follows} of any person: the match lacks {source.person}",
            date.at,
            "Records of one person are dated by that person's only",
        )
    seen = [name]
    while other is not None and other.date is not None and other.date.follows:
        if other.spec.name in seen:
            notes.error(
                f"{' follows '.join([*seen, other.spec.name])}: none of them has a date", date.at
            )
            return
        seen.append(other.spec.name)
        other = study.sources.get(other.date.follows)
    if other is not None and (other.date is None or not other.date.columns):
        notes.error(f"{name} follows {other.spec.name}, which has no date", date.at)
