"""A small study with a survival time whose algorithm says what it considered, built once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cdisc import Study

TRACED = Path(__file__).parent / "traced"


@pytest.fixture
def traced_home(tmp_path: Path) -> Path:
    """A copy of the study that a test may change; not built."""
    home = tmp_path / "traced"
    shutil.copytree(TRACED, home, ignore=shutil.ignore_patterns("build", "__pycache__"))
    return home


@pytest.fixture(scope="session")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The study, with its package in build/."""
    home = tmp_path_factory.mktemp("study") / "traced"
    shutil.copytree(TRACED, home, ignore=shutil.ignore_patterns("build", "__pycache__"))
    study = Study.load(home)
    study.run()
    return study
