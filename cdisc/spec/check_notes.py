"""Names of comments and methods in specs against define/comments.yaml and define/methods.yaml."""

from __future__ import annotations

from cdisc.errors import Location, did_you_mean
from cdisc.spec.model import ANALYSIS_RESULTS
from cdisc.spec.notes import Notes, nearest
from cdisc.spec.read_notes import FILES, is_note_name
from cdisc.spec.study import StudySpec


def check_notes(study: StudySpec, notes: Notes) -> None:
    """Reports names that no file explains, idle notes, and extensions without a reason."""
    known = {note.name for note in study.info.notes}
    used: set[str] = set()

    def refer(text: str, at: Location, begin: str) -> None:
        if not is_note_name(text):
            return
        used.add(text)
        names = sorted(name for name in known if name.startswith(begin))
        if text not in names:
            file = f"define/{FILES[begin]}"
            notes.error(f"{file} has no {text}", at, nearest(text, names, "It has"))

    for spec in study.datasets.values():
        refer(spec.comment, spec.at, "COM.")
        for variable in (*spec.variables.values(), *spec.supplemental.values()):
            refer(variable.comment, variable.at, "COM.")
            refer(variable.method, variable.at, "MT.")
    for codelist in study.codelists.own.values():
        at = Location("define/codelists.yaml", name=codelist.name)
        refer(codelist.comment, at, "COM.")
        if not codelist.comment and any(term.extended for term in codelist.terms):
            notes.warning(
                "it adds terms to a published list and does not say why",
                at,
                "comment: the reason, which goes into Define-XML",
            )
    there = set(study.datasets)
    own: dict[str, set[str]] = {
        "COM.": {name for name, spec in study.datasets.items() if spec.comment},
        "MT.": set(),
    }
    for spec in study.datasets.values():
        for variable in (*spec.variables.values(), *spec.supplemental.values()):
            name = f"{spec.name}.{variable.name}"
            there |= {variable.name, name}
            levels = [of for levels in spec.value_levels for of in levels.of]
            if variable.name in (levels or ANALYSIS_RESULTS):
                there |= {f"{name}.{code}" for code in spec.rows.parameters}
            own["COM."] |= {name} if variable.comment else set()
            own["MT."] |= {name} if variable.method else set()
    for note in study.info.notes:
        begin = next(begin for begin in FILES if note.name.startswith(begin))
        at = note.at
        for name in note.on:
            if name not in there:
                notes.error(f"no spec has {name}, which on names", at, did_you_mean(name, there))
            elif name in own[begin]:
                notes.warning(f"{name} has a text of its own, which is written instead", at)
        if note.name not in used and not note.on:
            notes.warning("nothing refers to it", at)
