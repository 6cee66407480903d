"""Analysis results of a package: the displays of the study made from its ADaM datasets."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

import cdisc
from cdisc.errors import CdiscError, Location, UsageError, did_you_mean, raise_any
from cdisc.pipeline.outputs import sha256_of
from cdisc.pipeline.replace import MARK, replaced_folder
from cdisc.pipeline.run import OUT, Progress
from cdisc.results.analyse import analyse
from cdisc.results.data import Data
from cdisc.results.files import JSON, results_csv, results_json
from cdisc.results.outcome import Outcome
from cdisc.results.package import PackageReader
from cdisc.results.page import page
from cdisc.results.shown import counted
from cdisc.spec import StudySpec
from cdisc.spec.check_displays import check_displays
from cdisc.spec.displays import Display
from cdisc.spec.notes import Notes
from cdisc.spec.read_displays import FILE

FOLDER = "results"
PARTIAL = "results-partial"
PAGE = "index.html"


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """What was made: the folder, and each display with its outcome, in the order of the file.

    `errors` say which displays could not be made, and why; the others are there.
    """

    out: Path
    done: Sequence[tuple[Data, Outcome]]
    errors: Sequence[CdiscError] = ()

    @property
    def exit_code(self) -> int:
        """0 when all were made; else that of the worst reason."""
        return max((error.exit_code for error in self.errors), default=0)


def make_results(
    study: StudySpec,
    *,
    package: Path | None = None,
    out: Path | None = None,
    only: Collection[str] = (),
    progress: Progress | None = None,
) -> Results:
    """Make the displays of a study from a package: tables, figures and a page of all.

    Args:
        study: the specs, read.
        package: the folder of a package, or one of XPT files; `build/` in the study folder.
        out: the folder to write; `results/` in the package, `results-partial/` with `only`.
        only: numbers of the displays wanted; empty for all.
        progress: called with what is being done, displays done and displays in all.

    Raises:
        UsageError: there are no displays, or none of that number; scipy is not installed.
        CdiscError: no display could be made; Problems when the reasons are several.
        WriteError: the folder cannot be written.
    """
    displays = _wanted(study, only)
    home = package or study.home / OUT
    target = out or home / (PARTIAL if only else FOLDER)
    # a package built elsewhere may have what the specs do not know
    wrong = _wrong(study) if package is None and (home / MARK).is_file() else {}
    read = PackageReader(_adam(home))
    done: list[tuple[Data, Outcome]] = []
    errors: list[CdiscError] = []
    for number, display in enumerate(displays):
        if progress:
            progress(display.name, number, len(displays))
        try:
            made = analyse(display, read)
        except UsageError:
            raise
        except CdiscError as error:
            errors.append(error)
            continue
        if display.id in wrong and not len(made[0].frame):
            errors += wrong[display.id]
        else:
            done.append(made)
    errors = each_cause_once(errors)
    if not done:
        raise_any(errors)
    _write(study, done, errors, read, target)
    return Results(target, done, errors)


def each_cause_once(errors: Sequence[CdiscError]) -> list[CdiscError]:
    """The first error of each cause, with how many more displays it keeps from being made."""
    causes: dict[tuple[str, str], list[CdiscError]] = {}
    for error in errors:
        causes.setdefault((error.message, error.hint), []).append(error)
    return [_with_count(found) for found in causes.values()]


def _with_count(errors: Sequence[CdiscError]) -> CdiscError:
    first, more = errors[0], len(errors) - 1
    if not more:
        return first
    text = f"{first.message} (and {counted(more, 'more display')})"
    return type(first)(text, at=first.at, hint=first.hint)


def _wrong(study: StudySpec) -> dict[str, list[CdiscError]]:
    """What the check of the specs says of displays, by display."""
    notes = Notes()
    check_displays(study, notes)
    wrong: dict[str, list[CdiscError]] = {}
    for error in notes.errors:
        for name in study.displays.displays:
            if name in error.at.name.split():
                wrong.setdefault(name, []).append(error)
    return wrong


def _wanted(study: StudySpec, only: Collection[str]) -> list[Display]:
    if not len(study.displays):
        raise UsageError(
            "the study declares no displays",
            at=Location(FILE),
            hint="docs/results.md shows how to write them",
        )
    for name in only:
        if name not in study.displays.displays:
            known = study.displays.displays
            hint = did_you_mean(name, known) or f"There are {', '.join(known)}"
            raise UsageError(f"there is no display {name}", at=Location(FILE), hint=hint)
    return [display for display in study.displays if not only or display.id in only]


def _adam(home: Path) -> Path:
    """The folder of the ADaM datasets: `adam/` of a package, or the folder itself."""
    if not home.is_dir():
        raise UsageError("there is no package", at=Location(str(home)), hint="`cdisc run` makes it")
    return home / "adam" if (home / "adam").is_dir() else home


def _write(
    study: StudySpec,
    done: Sequence[tuple[Data, Outcome]],
    errors: Sequence[CdiscError],
    read: PackageReader,
    target: Path,
) -> None:
    """All files into a new folder, which takes the place of the old one."""
    with replaced_folder(target) as folder:
        for data, outcome in done:
            name = data.display.id
            (folder / f"{name}.json").write_bytes(results_json(data, outcome))
            (folder / f"{name}.csv").write_bytes(results_csv(outcome))
            if outcome.figure:
                (folder / f"{name}.svg").write_bytes(outcome.figure.encode("utf-8"))
        (folder / PAGE).write_bytes(page(study.info, done, errors, cdisc.__version__))
        manifest = {
            "study": study.info.study_id,
            "version": cdisc.__version__,
            "created": study.info.created.isoformat(),
            "datasets": {path.name: sha256_of(path) for path in read.files},
            "displays": sha256_of(study.home / FILE),
            "outputs": {path.name: sha256_of(path) for path in sorted(folder.iterdir())},
        }
        (folder / MARK).write_bytes(orjson.dumps(manifest, option=JSON))
