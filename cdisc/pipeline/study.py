"""A study folder as an object: load it, check it, run it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cdisc.errors import Location, UsageError
from cdisc.spec import StudySpec, read_study
from cdisc.spec.check import Checked, check_study

if TYPE_CHECKING:
    from cdisc.pipeline.run import Progress, RunResult
    from cdisc.pipeline.sensitivity import SensitivityResult
    from cdisc.trace import Answer


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """A study folder whose specs have been read.

    >>> study = Study.load("examples/first")
    >>> result = study.run()
    """

    spec: StudySpec

    @classmethod
    def load(cls, home: str | Path = ".", *, data: Mapping[str, str | Path] | None = None) -> Study:
        """Read study.yaml and the mapping specs below `home`.

        Args:
            home: the study folder.
            data: data folders to use instead of those study.yaml declares, by name.

        Raises:
            UsageError: there is no study in that folder.
            SpecError: something the spec language does not allow; Problems when there are several.
        """
        if not (Path(home) / "study.yaml").is_file():
            raise UsageError(
                "this is no study folder: it has no study.yaml",
                at=Location(str(home)),
                hint="Name one with -C DIR; `cdisc init DIR` writes a new one",
            )
        granted = {name: Path(path) for name, path in (data or {}).items()}
        return cls(read_study(Path(home), granted))

    def check(self) -> Checked:
        """What can be told about the specs, and the gate, without data."""
        from cdisc.pipeline.run import gate_of
        from cdisc.spec.sensitivity import declares_sensitivity, read_sensitivity

        gate_of(self.spec)
        if declares_sensitivity(self.spec):
            read_sensitivity(self.spec)
        return check_study(self.spec)

    def run(
        self,
        *,
        only: Collection[str] = (),
        out: str | Path | None = None,
        progress: Progress | None = None,
    ) -> RunResult:
        """Build, check and write the package; see `cdisc.pipeline.run.run`."""
        from cdisc.pipeline.run import run

        return run(self.spec, only=only, out=Path(out) if out else None, progress=progress)

    def trace(
        self,
        dataset: str,
        *,
        where: str = "",
        variable: str = "",
        out: str | Path | None = None,
        limit: int = 5,
        progress: Progress | None = None,
    ) -> Answer:
        """Why a value of the built package is so; see `cdisc.pipeline.trace.trace`."""
        from cdisc.pipeline.trace import trace

        return trace(
            self.spec,
            dataset,
            where=where,
            variable=variable,
            out=Path(out) if out else None,
            limit=limit,
            progress=progress,
        )

    def sensitivity(
        self,
        *,
        only: Collection[str] = (),
        out: str | Path | None = None,
        progress: Progress | None = None,
    ) -> SensitivityResult:
        """What changes under other conventions; see `cdisc.pipeline.sensitivity.sensitivity`."""
        from cdisc.pipeline.sensitivity import sensitivity

        return sensitivity(self.spec, only=only, out=Path(out) if out else None, progress=progress)
