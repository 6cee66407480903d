"""The suites of a package, run by great_expectations: ours as built, or any folder of XPT files.

The datasets are read back from the files, so what is judged is what would be submitted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from cdisc.errors import SourceError, UsageError
from cdisc.model import Codelist, Dataset, Finding, Variable, merge_findings
from cdisc.pipeline.rules import DatasetChecks, checks_of
from cdisc.pipeline.run import OUT, gate_of, judged
from cdisc.spec import StudySpec
from cdisc.standards import Catalogue, Terminology, catalogue, terminology
from cdisc.validate import (
    Check,
    Gate,
    Verdict,
    checks_for,
    codelists_of,
    read_suite,
    standard_of,
    suite_for,
    write_suites,
)
from cdisc.write.xpt import read_xpt
from cdisc.write.xpt_reader import XptDataset

Progress = Callable[[str, int, int], None]
SUITES = Path("validation") / "suites"
OWN_SUITES = SUITES / "own"


@dataclass(frozen=True, slots=True, eq=False)
class PackageResult:
    """What validating a package gave: datasets with their record counts, findings, verdict."""

    records: Mapping[str, int]
    findings: Sequence[Finding]
    verdict: Verdict


def validate_study(study: StudySpec, *, out: Path | None, progress: Progress) -> PackageResult:
    """Write the suites of a built study to `validation/suites` and run them on its XPT files.

    Suites a study wrote itself, `validation/suites/own/<dataset>.json`, run too.

    Raises SourceError when the study has not been built.
    """
    folder = out or study.home / OUT
    files = [path for layer in ("sdtm", "adam") for path in sorted((folder / layer).glob("*.xpt"))]
    if not files:
        raise SourceError(
            f"there is no built package in {folder.name}", hint="Run `cdisc run` first"
        )
    read = [read_xpt(path) for path in files]
    datasets = {xpt.name: _as_specified(study, xpt) for xpt in read}
    due = {name: checks_of(study, dataset, datasets) for name, dataset in datasets.items()}
    lists = {name: terms for item in due.values() for name, terms in item.codelists.items()}
    write_suites(study.home / SUITES, {name: item.checks for name, item in due.items()}, lists)
    findings = [note for xpt in read for note in xpt.notes]
    for done, (name, dataset) in enumerate(datasets.items()):
        progress(f"Validating {name}", done, len(datasets))
        findings += _suites(study, dataset, due[name], datasets)
    verdict = judged(study, gate_of(study), merge_findings(findings))
    return _result(datasets, findings, verdict)


def validate_folder(
    folder: Path,
    *,
    standard: tuple[str, str],
    release: tuple[str, str],
    encoding: str,
    progress: Progress,
) -> PackageResult:
    """Check any folder of XPT files against a standard and a terminology release.

    Args:
        folder: holds `*.xpt`; sub-folders are not looked at.
        standard: name and version of a packaged guide, `("SDTMIG", "3.4")`.
        release: package and version of a packaged terminology.
        encoding: of the texts in the files.
        progress: called with what is being done, steps done and steps in all.

    Raises:
        UsageError: there is no such folder, standard or release.
        SourceError: no XPT files, or one that cannot be read.
    """
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}")
    files = sorted(folder.glob("*.xpt"))
    if not files:
        raise SourceError(f"no XPT files in {folder}", hint="Name the folder that holds *.xpt")
    known, terms = catalogue(*standard), terminology(*release)
    read = [read_xpt(path, encoding=encoding) for path in files]
    datasets = {xpt.name: _as_standard(known, terms, xpt) for xpt in read}
    findings = [note for xpt in read for note in xpt.notes]
    subjects = next((name for name in ("DM", "ADSL") if name in datasets), "")
    for done, (name, dataset) in enumerate(datasets.items()):
        progress(f"Validating {name}", done, len(datasets))
        names = [variable.name for variable in dataset.variables]
        checks = checks_for(
            dataset,
            standard=standard_of(known, name, names),
            codelist=terms.codelist,
            subjects=subjects,
        )
        lists = codelists_of(checks, terms.codelist)
        findings += _generated(dataset, checks, lists, datasets)
    # the default gate has no waivers, so the day they are judged by does not matter
    verdict = Gate().judge(findings, as_of=date.min)
    return _result(datasets, findings, verdict)


def _suites(
    study: StudySpec, dataset: Dataset, due: DatasetChecks, datasets: Mapping[str, Dataset]
) -> list[Finding]:
    from cdisc.validate.gx import run_suite

    findings = _generated(dataset, due.checks, due.codelists, datasets)
    own = study.home / OWN_SUITES / f"{dataset.name.lower()}.json"
    if own.exists():
        shown = f"{OWN_SUITES.as_posix()}/{own.name}"
        findings += run_suite(dataset, read_suite(own), others=datasets, at=due.at, file=shown)
    return findings


def _generated(
    dataset: Dataset,
    checks: Sequence[Check],
    lists: Mapping[str, Codelist],
    datasets: Mapping[str, Dataset],
) -> list[Finding]:
    from cdisc.validate.gx import run_suite

    return run_suite(dataset, suite_for(dataset.name, checks, lists), others=datasets)


def _as_specified(study: StudySpec, xpt: XptDataset) -> Dataset:
    """A file of our own, with the keys and codelists of its spec."""
    spec = study.datasets.get(xpt.name.removeprefix("SUPP"))
    known = study.catalogues[spec.layer if spec else "sdtm"]
    own = {} if spec is None or xpt.name != spec.name else spec.variables
    variables = []
    for variable in xpt.variables:
        written = own.get(variable.name)
        named = written.codelist if written else ""
        variables.append(_with_terms(variable, known, xpt.name, study.codelists.find, named))
    keys = spec.keys if spec and xpt.name == spec.name else ()
    return _dataset(xpt, known, tuple(variables), keys)


def _as_standard(known: Catalogue, terms: Terminology, xpt: XptDataset) -> Dataset:
    """Somebody's file, with the codelists that the standard gives its variables."""
    variables = tuple(
        _with_terms(variable, known, xpt.name, terms.codelist, "") for variable in xpt.variables
    )
    return _dataset(xpt, known, variables, ())


def _with_terms(
    variable: Variable,
    known: Catalogue,
    dataset: str,
    find: Callable[[str], Codelist | None],
    named: str,
) -> Variable:
    standard = known.variable(dataset, variable.name)
    if standard is None:
        return replace(variable, codelist=named)
    if not named and len(standard.codelists) == 1:
        found = find(standard.codelists[0])
        named = found.name if found else ""
    return replace(
        variable,
        codelist=named,
        role=standard.role,
        core=standard.core,
        mandatory=standard.core == "Req",
    )


def _dataset(
    xpt: XptDataset, known: Catalogue, variables: tuple[Variable, ...], keys: tuple[str, ...]
) -> Dataset:
    standard = known.dataset(xpt.name)
    return Dataset(
        name=xpt.name,
        label=xpt.label,
        class_=standard.class_ if standard else "",
        structure=standard.structure if standard else "",
        keys=keys,
        variables=variables,
        frame=xpt.frame,
        scope="subject" if "USUBJID" in xpt.frame.columns else "study",
    )


def _result(
    datasets: Mapping[str, Dataset], findings: Sequence[Finding], verdict: Verdict
) -> PackageResult:
    records = {name: len(dataset.frame) for name, dataset in datasets.items()}
    return PackageResult(records, merge_findings(findings), verdict)
