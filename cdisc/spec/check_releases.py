"""Terminology that was published after the day the package says it was made."""

from __future__ import annotations

from cdisc.spec.notes import Notes, step
from cdisc.spec.study import StudySpec


def check_releases(study: StudySpec, notes: Notes) -> None:
    """Tells of releases that are newer than the package: its define.xml would name the future.

    Nothing that the package holds is wrong by it, so it is a warning.
    """
    day = study.info.created.date().isoformat()
    for release in study.releases:
        if release.version > day:
            notes.warning(
                f"{release.package} {release.version} is newer than the package, which is of {day}",
                step(release.at, "terminology"),
                "Let created be no earlier than what went into the package, or name an older "
                "release",
            )
