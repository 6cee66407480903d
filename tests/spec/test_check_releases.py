"""A package cannot be older than the terminology it names."""

from __future__ import annotations

import pytest

TERMINOLOGY = "terminology: sdtmct 2025-03-28"
TOLD = (
    "study.yaml:6:17 terminology: adamct 2026-03-27 is newer than the package, which is of DAY. "
    "Let created be no earlier than what went into the package, or name an older release"
)


def newer(folder) -> list[str]:
    """The warnings about releases."""
    return [warning for warning in folder.warnings() if "is newer" in warning]


def test_terminology_from_before_the_package_is_not_told(folder) -> None:
    assert newer(folder) == []


@pytest.mark.parametrize(
    ("day", "told"), [("2026-03-26", 1), ("2026-03-27", 0), ("2026-03-28", 0), ("2025-07-31", 1)]
)
def test_a_release_that_is_newer_than_the_package_is_told(folder, day, told) -> None:
    folder.change("study.yaml", "2025-07-31T12:00:00", f"{day}T00:00:00")
    folder.change("study.yaml", TERMINOLOGY, "terminology: [adamct 2026-03-27, sdtmct 2025-03-28]")
    assert newer(folder) == [TOLD.replace("DAY", day)] * told


def test_each_release_is_told_of(folder) -> None:
    folder.change("study.yaml", "2025-07-31", "2025-03-27")
    folder.change("study.yaml", TERMINOLOGY, "terminology: [adamct 2026-03-27, sdtmct 2025-03-28]")
    assert [warning.partition(" is newer")[0] for warning in newer(folder)] == [
        "study.yaml:6:17 terminology: adamct 2026-03-27",
        "study.yaml:6:36 terminology: sdtmct 2025-03-28",
    ]
