"""A copy of the template study to spoil, and the command line as a person meets it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from cdisc.cli.main import run
from cdisc.pipeline.new_study import write_template


@dataclass(frozen=True)
class Ran:
    """What a command printed and the exit code it came back with."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """All that was printed, line by line, without blanks at the ends."""
        return [line.rstrip() for line in (self.out + self.err).splitlines()]


class StudyFolder:
    """A study in a folder, and the few things that tests do to it."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def replace(self, file: str, old: str, new: str) -> None:
        """Change one place of a file, which must be there exactly once."""
        path = self.home / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")

    def tree(self, folder: str = "build") -> dict[str, str]:
        """SHA-256 of every file of a folder, by its path in it."""
        base = self.home / folder
        return {
            path.relative_to(base).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(base.rglob("*"))
            if path.is_file()
        }


@pytest.fixture
def study(tmp_path, monkeypatch) -> StudyFolder:
    """A new study, in which the command line stands."""
    home = tmp_path / "study"
    write_template(home)
    monkeypatch.chdir(home)
    return StudyFolder(home)


@pytest.fixture
def cdisc(capsys):
    """Runs `cdisc ARGUMENTS` in this process."""

    def command(*arguments: str) -> Ran:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        ran = Ran(code, printed.out, printed.err)
        assert "Traceback" not in ran.out + ran.err
        return ran

    return command


@pytest.fixture
def cdisc_process():
    """Runs `cdisc ARGUMENTS` as a process of its own, its output piped."""

    def command(*arguments: str, cwd: Path | None = None, **environment: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "cdisc", *map(str, arguments)],
            cwd=cwd,
            capture_output=True,
            env={**os.environ, **environment},
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

    return command
