"""A study that uses every part of the engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc.spec import StudySpec, read_study


@pytest.fixture(scope="session")
def study() -> StudySpec:
    """The study of these tests, read."""
    return read_study(Path(__file__).parent / "study")
