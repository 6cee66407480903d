"""The suites of a package, run by great_expectations: ours as built, or any folder of XPT files.

The datasets are read back from the files, so what is judged is what would be submitted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from cdisc.build.analysis import class_of_standard
from cdisc.build.relrec import KEYS as RELATION_KEYS
from cdisc.build.standard import variable_codelist
from cdisc.build.supplemental import KEYS as SUPPLEMENTAL_KEYS
from cdisc.build.supplemental import qualifier_level
from cdisc.errors import SourceError, UsageError
from cdisc.model import Codelist, Dataset, Finding, Variable, merge_findings
from cdisc.pipeline.metadata import levelled
from cdisc.pipeline.rules import (
    DatasetChecks,
    checks_of,
    is_analysis,
    structure_by_names,
    structure_of,
    without_subjects,
)
from cdisc.pipeline.run import GATE, OUT, gate_of, judged
from cdisc.spec import StudySpec
from cdisc.spec.check_relations import RELREC
from cdisc.spec.model import DatasetSpec
from cdisc.standards import Catalogue, Terminologies, Terminology, catalogue, terminology
from cdisc.validate import (
    RULES,
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
from cdisc.write.sas_dates import with_dates
from cdisc.write.xpt import read_xpt
from cdisc.write.xpt_reader import XptDataset

Progress = Callable[[str, int, int], None]
SUITES = Path("validation") / "suites"
OWN_SUITES = SUITES / "own"
TABULATION, ANALYSIS = ("SDTMIG", "3.4"), ("ADaMIG", "1.3")
"""What a folder of somebody's files is held to that does not say."""


@dataclass(frozen=True, slots=True, eq=False)
class PackageResult:
    """What validating a package gave: datasets with their record counts, findings, verdict.

    `unused` is the study folder whose gate was not asked, where the package lies in one; `standard`
    the guide and the terminology that a folder without specs was held to.
    """

    records: Mapping[str, int]
    findings: Sequence[Finding]
    verdict: Verdict
    unused: Path | None = None
    standard: str = ""


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
    datasets = {xpt.name: levelled(study, _as_specified(study, xpt)) for xpt in read}
    due = {name: checks_of(study, dataset, datasets) for name, dataset in datasets.items()}
    lists = {name: terms for item in due.values() for name, terms in item.codelists.items()}
    write_suites(study.home / SUITES, {name: item.checks for name, item in due.items()}, lists)
    findings = [note for xpt in read for note in xpt.notes]
    for done, (name, dataset) in enumerate(datasets.items()):
        progress(f"Validating {name}", done, len(datasets))
        findings += _suites(study, dataset, due[name], datasets)
    asked = _asked(gate_of(study))
    return _result(datasets, findings, judged(study, asked, merge_findings(findings)))


def _asked(gate: Gate) -> Gate:
    """The gate without waivers of what only a build can find: they would look unused here."""
    return replace(gate, waivers=tuple(w for w in gate.waivers if w.rule in RULES))


def validate_folder(
    folder: Path,
    *,
    standard: tuple[str, str] | None,
    release: tuple[str, str],
    encoding: str,
    progress: Progress,
    study: StudySpec | None = None,
) -> PackageResult:
    """Check any folder of XPT files against a standard and a terminology release.

    Args:
        folder: holds `*.xpt`; sub-folders are not looked at.
        standard: name and version of a packaged guide, `("SDTMIG", "3.4")`; without one that of
            analysis datasets where all files are called so, `AD...`.
        release: package and version of a packaged terminology.
        encoding: of the texts in the files.
        progress: called with what is being done, steps done and steps in all.
        study: whose gate judges the findings, with its waivers; without one errors close it.

    Raises:
        UsageError: there is no such folder, standard or release.
        SourceError: no XPT files, or one that cannot be read.
    """
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}")
    files = sorted(folder.glob("*.xpt"))
    if not files:
        below = sorted({path.parent.as_posix() for path in folder.glob("*/*.xpt")})
        hint = f"There are some in {' and '.join(below)}" if below else ""
        raise SourceError(
            f"no XPT files in {folder}", hint=hint or "Name the folder that holds *.xpt"
        )
    guide = standard or (ANALYSIS if all(f.stem[:2] in ("ad", "AD") for f in files) else TABULATION)
    known, terms = catalogue(*guide), terminology(*release)
    read = [read_xpt(path, encoding=encoding) for path in files]
    datasets = {xpt.name: _as_standard(known, terms, xpt) for xpt in read}
    findings = [note for xpt in read for note in xpt.notes]
    lists = ("ADSL", "DM") if is_analysis(known) else ("DM", "ADSL")
    subjects = next((name for name in lists if name in datasets), "")
    for done, (name, dataset) in enumerate(datasets.items()):
        progress(f"Validating {name}", done, len(datasets))
        names = [variable.name for variable in dataset.variables]
        checks = checks_for(
            dataset,
            standard=standard_of(known, structure_by_names(known, name, names), names),
            codelist=terms.codelist,
            subjects=subjects,
            unlisted=is_analysis(known) and name == without_subjects(datasets),
        )
        codelists = codelists_of(checks, terms.codelist)
        findings += _generated(dataset, checks, codelists, datasets)
    held_to = f"{' '.join(guide)}, {' '.join(release)}"
    if study is not None:
        verdict = judged(study, _asked(gate_of(study)), findings, whole=False)
        return replace(_result(datasets, findings, verdict), standard=held_to)
    # the default gate has no waivers, so the day they are judged by does not matter
    verdict = Gate().judge(findings, as_of=date.min)
    result = _result(datasets, findings, verdict)
    return replace(result, unused=_study_around(folder), standard=held_to)


def _study_around(folder: Path) -> Path | None:
    """The study folder that a package lies in, when it has a gate of its own."""
    around = (path for path in folder.absolute().parents if (path / "study.yaml").is_file())
    home = next(around, None)
    return home if home is not None and (home / GATE).is_file() else None


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
    """A file of our own, with the keys, codelists and qualifiers of its spec."""
    spec = study.datasets.get(xpt.name.removeprefix("SUPP"))
    known = study.catalogues[spec.layer if spec else "sdtm"]
    if spec is None:
        found = _as_standard(known, study.codelists.published, xpt)
        # relations are declared, not mapped, so they have no spec of variables
        return replace(found, keys=RELATION_KEYS) if xpt.name == RELREC else found
    if xpt.name == spec.name:
        variables = _specified(study, spec, xpt)
        return _dataset(xpt, known, structure_of(study, spec.name), variables, spec.keys)
    levels = tuple(
        qualifier_level(study, spec, spec.supplemental[name]) for name in sorted(spec.supplemental)
    )
    variables = tuple(
        replace(_with_core(variable, known, xpt.name), values=levels)
        if variable.name == "QVAL"
        else _with_core(variable, known, xpt.name)
        for variable in xpt.variables
    )
    return _dataset(xpt, known, xpt.name, variables, SUPPLEMENTAL_KEYS)


def _specified(study: StudySpec, spec: DatasetSpec, xpt: XptDataset) -> tuple[Variable, ...]:
    known, structure = study.catalogue_of(spec), structure_of(study, spec.name)
    variables = []
    for variable in xpt.variables:
        written = spec.variables.get(variable.name)
        codelist = variable_codelist(study, spec, written) if written else ""
        variables.append(replace(_with_core(variable, known, structure), codelist=codelist))
    return tuple(variables)


def _as_standard(known: Catalogue, terms: Terminology | Terminologies, xpt: XptDataset) -> Dataset:
    """Somebody's file, with the codelists that the standard gives its variables."""
    structure = structure_by_names(known, xpt.name, [variable.name for variable in xpt.variables])
    variables = tuple(
        _with_terms(variable, known, structure, terms.codelist) for variable in xpt.variables
    )
    return _dataset(xpt, known, structure, variables, ())


def _with_terms(
    variable: Variable, known: Catalogue, dataset: str, find: Callable[[str], Codelist | None]
) -> Variable:
    standard = known.variable(dataset, variable.name)
    found = find(standard.codelists[0]) if standard and len(standard.codelists) == 1 else None
    return replace(_with_core(variable, known, dataset), codelist=found.name if found else "")


def _with_core(variable: Variable, known: Catalogue, dataset: str) -> Variable:
    standard = known.variable(dataset, variable.name)
    if standard is None:
        return variable
    core = standard.core
    return replace(variable, role=standard.role, core=core, mandatory=core == "Req")


def _dataset(
    xpt: XptDataset,
    known: Catalogue,
    structure: str,
    variables: tuple[Variable, ...],
    keys: tuple[str, ...],
) -> Dataset:
    standard = known.dataset(structure)
    return Dataset(
        name=xpt.name,
        label=xpt.label,
        class_=class_of_standard(standard),
        structure=standard.structure if standard else "",
        keys=keys,
        variables=variables,
        frame=with_dates(xpt.frame, variables),
        scope="subject" if "USUBJID" in xpt.frame.columns else "study",
        purpose="Analysis" if is_analysis(known) else "Tabulation",
    )


def _result(
    datasets: Mapping[str, Dataset], findings: Sequence[Finding], verdict: Verdict
) -> PackageResult:
    records = {name: len(dataset.frame) for name, dataset in datasets.items()}
    return PackageResult(records, merge_findings(findings), verdict)
