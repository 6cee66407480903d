"""The files of a package: XPT and Define-XML a layer, findings, lineage, manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

import cdisc
from cdisc.build import Inputs
from cdisc.define import render_html, write_define
from cdisc.model import AnalysisDisplay, Codelist, Dataset, Finding, Severity, StudyInfo
from cdisc.pipeline.documents import copy_documents, described_in
from cdisc.pipeline.spool import Spool
from cdisc.results.metadata import analysis_displays
from cdisc.sources import SourceTable
from cdisc.spec import StudySpec
from cdisc.validate import Verdict, findings_json, findings_sarif, junit_xml, report_html
from cdisc.write.xpt import write_xpt_parts


def write_layer(
    study: StudySpec,
    datasets: Sequence[Dataset],
    codelists: Mapping[str, Codelist],
    spool: Spool,
    folder: Path,
) -> list[Finding]:
    """One layer of a package: an XPT file a dataset, define.xml and define.html beside them.

    The datasets say what there is, the spool holds their records.
    A dataset without records gets no file (Define-XML says HasNoData) but a finding.
    """
    folder.mkdir(parents=True)
    info, findings = copy_documents(study, folder)
    for dataset in datasets:
        if not dataset.records:
            findings.append(
                Finding(
                    rule="dataset.empty",
                    severity=Severity.INFO,
                    dataset=dataset.name,
                    message="the dataset has no records, so it has no file",
                    count=0,
                )
            )
            continue
        written = write_xpt_parts(
            spool.coded_frames(dataset.name),
            folder / f"{dataset.name.lower()}.xpt",
            name=dataset.name,
            label=dataset.label,
            variables=dataset.variables,
            created=study.info.created,
        )
        findings += written.notes
    write_define(
        info,
        described_in(study, info, datasets),
        codelists,
        folder / "define.xml",
        displays=_displays(study, datasets),
    )
    render_html(folder / "define.xml", folder / "define.html")
    return findings


def _displays(study: StudySpec, datasets: Sequence[Dataset]) -> Sequence[AnalysisDisplay]:
    """The displays that datasets of analysis are the source of."""
    analysis = {d.name: {v.name for v in d.variables} for d in datasets if d.purpose == "Analysis"}
    return analysis_displays(study.displays, analysis)


def write_findings(
    study: StudySpec,
    datasets: Mapping[str, Dataset],
    findings: Iterable[Finding],
    verdict: Verdict,
    folder: Path,
) -> None:
    """findings.json, junit.xml, findings.sarif and report.html."""
    everything = list(findings)
    (folder / "findings.json").write_bytes(
        findings_json(everything, verdict=verdict, study=study.info.study_id)
    )
    (folder / "junit.xml").write_bytes(junit_xml(everything, verdict=verdict))
    (folder / "findings.sarif").write_bytes(
        findings_sarif(everything, verdict=verdict, version=cdisc.__version__)
    )
    (folder / "report.html").write_bytes(
        report_html(
            everything,
            verdict=verdict,
            study=study.info,
            datasets=datasets,
            definitions={name: _definition(dataset) for name, dataset in datasets.items()},
            version=cdisc.__version__,
        )
    )


def _definition(dataset: Dataset) -> str:
    """Where the package's pages define a dataset, from report.html."""
    layer = "sdtm" if dataset.purpose == "Tabulation" else "adam"
    return f"{layer}/define.html#IG.{dataset.name}"


def write_manifest(
    study: StudySpec,
    inputs: Inputs,
    datasets: Mapping[str, Dataset],
    verdict: Verdict,
    folder: Path,
) -> None:
    """manifest.json: versions, and the SHA-256 of every input, spec and output."""
    document = {
        "study": study.info.study_id,
        "version": cdisc.__version__,
        "created": study.info.created.isoformat(),
        "standards": _standards(study.info),
        "gate": "closed" if verdict.closed else "open",
        "datasets": {name: dataset.records for name, dataset in sorted(datasets.items())},
        "inputs": _inputs(study, inputs),
        "specs": spec_hashes(study.home),
        "outputs": _hashes((path for path in folder.rglob("*") if path.is_file()), folder),
    }
    (folder / "manifest.json").write_bytes(
        orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    )


def _standards(info: StudyInfo) -> list[str]:
    return [f"{standard.name} {standard.version}" for standard in info.standards]


def _inputs(study: StudySpec, inputs: Inputs) -> dict[str, dict[str, Any]]:
    hashes = input_hashes(study, inputs)
    return {
        name: {"rows": len(table.frame), "files": hashes[name]}
        for name, table in _tables(inputs).items()
    }


def input_hashes(study: StudySpec, inputs: Inputs) -> dict[str, dict[str, str]]:
    """For each input, the crosswalk among them, the SHA-256 of its files as they are now."""
    found: dict[str, dict[str, str]] = {}
    for name, table in _tables(inputs).items():
        declared = study.crosswalk if table is inputs.crosswalk else study.sources.get(name)
        folder = study.folders[declared.folder] if declared else study.home
        found[name] = {file: sha256_of(folder / file) for file in table.files}
    return found


def _tables(inputs: Inputs) -> dict[str, SourceTable]:
    crosswalk = inputs.crosswalk
    return dict(inputs.tables) | ({} if crosswalk is None else {crosswalk.name: crosswalk})


def spec_hashes(home: Path) -> dict[str, str]:
    """The SHA-256 of study.yaml and of every YAML file of the specs, by path."""
    return _hashes(_spec_files(home), home)


def _spec_files(home: Path) -> list[Path]:
    found = [home / "study.yaml"]
    for folder in ("mappings", "define", "validation"):
        found += [path for path in (home / folder).rglob("*.yaml") if path.is_file()]
    return found


def _hashes(paths: Iterable[Path], home: Path) -> dict[str, str]:
    return {path.relative_to(home).as_posix(): sha256_of(path) for path in sorted(paths)}


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
