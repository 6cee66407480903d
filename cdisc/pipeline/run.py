"""One run: sources -> datasets -> rules -> XPT, Define-XML, findings, lineage, manifest.

Everything is written to a new folder beside the old one, which is replaced when the new one is
whole; a run that fails leaves the last good package as it was.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cdisc.build import plan_of, read_inputs
from cdisc.errors import CdiscError, UsageError, did_you_mean
from cdisc.model import Dataset, Finding, Severity, merge_findings
from cdisc.pipeline.assemble import assembled
from cdisc.pipeline.lineage import write_lineage
from cdisc.pipeline.metadata import used_codelists
from cdisc.pipeline.outputs import write_findings, write_layer, write_manifest
from cdisc.pipeline.package_datasets import PackageDatasets
from cdisc.pipeline.partitions import ROWS
from cdisc.pipeline.replace import replaced_folder
from cdisc.pipeline.set_aside import write_set_aside
from cdisc.pipeline.spool import Spool
from cdisc.pipeline.writable import check_writable, placed
from cdisc.spec import StudySpec
from cdisc.spec.check import Checked, check_study
from cdisc.validate import Gate, Verdict, read_findings, read_gate

Progress = Callable[[str, int, int], None]

OUT = "build"
PARTIAL = "build-partial"
PARTS = ".parts"
GATE = Path("validation") / "gate.yaml"


@dataclass(frozen=True, slots=True, eq=False)
class RunResult:
    """What a run made: the folder, the datasets in it, all findings and the gate's verdict.

    `datasets` are by name in the study's order. The records of a study that was built in
    partitions are read from the package, a dataset whenever it is asked for; `datasets.described`
    has what there is to know of each without them.
    """

    out: Path
    datasets: PackageDatasets
    findings: Sequence[Finding]
    verdict: Verdict

    @property
    def exit_code(self) -> int:
        """0 clean, 1 gate closed."""
        return 1 if self.verdict.closed else 0


def run(
    study: StudySpec,
    *,
    only: Collection[str] = (),
    out: Path | None = None,
    progress: Progress | None = None,
    rows: int = ROWS,
) -> RunResult:
    """Run a study. `only` makes a partial package in a folder of its own.

    Args:
        study: the specs, read.
        only: names of the datasets wanted; empty for all.
        out: the folder to make; `build/` in the study folder, `build-partial/` with `only`.
        progress: called with what is being done, steps done and steps in all.
        rows: raw records of a partition of persons, about; the package is the same for any.

    Raises:
        SpecError: the specs or the columns they name are wrong; Problems when several are.
        SourceError: an input cannot be read.
        WriteError: a dataset cannot be written without damage.
    """
    say = progress or _silent
    check_only(study, only)
    checked = check_study(study)
    checked.raise_errors()
    gate = gate_of(study)
    target = out or study.home / (PARTIAL if only else OUT)
    with replaced_folder(target) as folder:
        say("Reading the sources", 0, 1)
        inputs = read_inputs(study)
        plan = plan_of(study, only)
        spool, datasets, findings = assembled(plan, inputs, folder / PARTS, rows, say)
        findings += _spec_warnings(study, checked, datasets)
        check_writable(datasets, findings)
        findings += _write_datasets(study, datasets, spool, folder, say)
        write_lineage(study, spool, folder / "lineage")
        write_set_aside(inputs, folder)
        findings = merge_findings(findings)
        verdict = judged(study, gate, findings, whole=not only)
        write_findings(study, datasets, findings, verdict, folder)
        shutil.rmtree(folder / PARTS, ignore_errors=True)
        write_manifest(study, inputs, datasets, verdict, folder)
    say("Done", 1, 1)
    return RunResult(target, PackageDatasets(datasets, spool, target), findings, verdict)


def gate_of(study: StudySpec) -> Gate:
    """The study's gate; without `validation/gate.yaml` errors close it."""
    path = study.home / GATE
    return read_gate(path, GATE.as_posix()) if path.exists() else Gate()


def judged(
    study: StudySpec, gate: Gate, findings: Sequence[Finding], *, whole: bool = True
) -> Verdict:
    """The gate's verdict on findings, as of the day that study.yaml gives the package."""
    baseline = None
    if gate.baseline:
        path = study.home / gate.baseline
        baseline = read_findings(path) if path.exists() else None
    return gate.judge(findings, as_of=study.info.created.date(), baseline=baseline, whole=whole)


def check_only(study: StudySpec, only: Collection[str]) -> None:
    """Refuse a name that no spec describes."""
    for name in only:
        if name not in study.datasets:
            hint = did_you_mean(name, study.datasets) or f"There are {', '.join(study.datasets)}"
            raise UsageError(f"no spec describes a dataset {name}", hint=hint)


def _spec_warnings(
    study: StudySpec, checked: Checked, datasets: Mapping[str, Dataset]
) -> list[Finding]:
    """The warnings of the check as findings of the dataset whose spec they are about."""
    described_in = {spec.file: name for name, spec in study.datasets.items()}
    findings = [
        Finding(
            rule="spec.warning",
            severity=Severity.WARNING,
            message=warning.message,
            dataset=described_in.get(warning.at.file, ""),
            hint=warning.hint,
            at=warning.at,
        )
        for warning in checked.warnings
    ]
    return [finding for finding in findings if not finding.dataset or finding.dataset in datasets]


def _write_datasets(
    study: StudySpec, datasets: Mapping[str, Dataset], spool: Spool, folder: Path, say: Progress
) -> list[Finding]:
    findings: list[Finding] = []
    for layer, purpose in (("sdtm", "Tabulation"), ("adam", "Analysis")):
        members = [dataset for dataset in datasets.values() if dataset.purpose == purpose]
        if members:
            say(f"Writing {layer}", 0, 1)
            codelists = used_codelists(study, members)
            try:
                findings += write_layer(study, members, codelists, spool, folder / layer)
            except CdiscError as error:
                raise placed(study, error) from None
    return findings


def _silent(_what: str, _done: int, _total: int) -> None:
    return None
