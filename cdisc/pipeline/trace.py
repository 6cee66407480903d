"""A trace: from a record of a built package back to the raw cells, by the package's own lineage.

The package says which records led to which; the specs say which of their variables were read. What
the package does not keep (steps on the way, what was considered and not taken) comes from running
the one subject again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from cdisc.build import Inputs, Plan, plan_of, read_inputs
from cdisc.pipeline.outputs import input_hashes, spec_hashes
from cdisc.pipeline.partitions import divisible
from cdisc.pipeline.run import OUT
from cdisc.spec import StudySpec
from cdisc.spec.check import check_study
from cdisc.trace import Again, Answer, Chain, Package, Question, asked, run_again
from cdisc.trace.package import RAW

Progress = Callable[[str, int, int], None]

LIMIT = 5
"""Records of one kind shown, unless asked for more."""

MOST_ASKED = 2_000
"""Records looked at to find whose a record is."""


def trace(
    study: StudySpec,
    dataset: str,
    *,
    where: str = "",
    variable: str = "",
    out: Path | None = None,
    limit: int = LIMIT,
    progress: Progress | None = None,
) -> Answer:
    """Why a value of a built package is so.

    Args:
        study: the specs, read.
        dataset: the name of a dataset of the package.
        where: a condition that the record meets; the first record when several do.
        variable: the variable asked about; empty for the whole record.
        out: the package; `build/` in the study folder by default.
        limit: records of one kind that are shown, of others the number.
        progress: called with what is being done.

    Raises:
        UsageError: no package, dataset, variable or record of that description.
        SpecError: a condition that cannot be read, or specs that are wrong.
        SourceError: an input or the package cannot be read.
    """
    say = progress or _silent
    package = Package.at(out or study.home / OUT, "`cdisc run`")
    question = asked(study, package, dataset, where, variable)
    check_study(study).raise_errors()
    say("Reading the sources", 1, 4)
    needed, plan = _needed(study, package, question)
    inputs = read_inputs(needed)
    notes = _stale(study, package, inputs)
    say("Running the subject again", 2, 4)
    again, why_not = _again(plan, inputs, package, question)
    if why_not:
        notes.append(
            "nothing was run again, so that steps on the way, findings and what was considered "
            f"are not told: {why_not}"
        )
    say("Following the lineage", 3, 4)
    chain = Chain(study, package, inputs, again, limit)
    columns = _columns(study, package, question)
    follow = chain.value if question.variable else chain.whole
    record = follow(question.dataset, question.row, columns)
    if again is not None and again.differing:
        notes.append(
            f"run again, the records of {', '.join(sorted(again.differing))} are others than in "
            "the package: what was on the way there cannot be told"
        )
    table = package.table(question.dataset)
    value = ""
    if question.variable:
        cells = [*record.cells, *record.keys]
        value = next((cell.text for cell in cells if cell.name == question.variable), "")
    return Answer(
        study=study.info.study_id,
        package=str(package.folder),
        dataset=question.dataset,
        label=table.label,
        condition=question.condition,
        variable=question.variable,
        variable_label=_label(study, package, question),
        value=value,
        matched=len(question.rows),
        count=table.count,
        record=record,
        notes=tuple(notes),
    )


def _columns(study: StudySpec, package: Package, question: Question) -> Collection[str]:
    """The variables asked about: one, or all that the record has."""
    if question.variable:
        return [question.variable]
    names = package.table(question.dataset).names
    spec = study.datasets.get(question.dataset)
    return [name for name in names if spec is None or name in spec.variables]


def _label(study: StudySpec, package: Package, question: Question) -> str:
    label = package.table(question.dataset).labels.get(question.variable, "")
    spec = study.datasets.get(question.dataset)
    if label or spec is None or question.variable not in spec.supplemental:
        return label
    return spec.supplemental[question.variable].label


def _needed(study: StudySpec, package: Package, question: Question) -> tuple[StudySpec, Plan]:
    """The study without what the dataset asked about does not need, and the plan to build it."""
    name = question.dataset
    if name not in study.datasets:
        parents = [edge.parent for edge in package.edges(name, question.row)]
        name = next((parent for parent in parents if parent in study.datasets), "")
    if not name:
        return study, plan_of(study)
    computed = {node.dataset for node in plan_of(study, [name]).order}
    datasets = {key: spec for key, spec in study.datasets.items() if key in computed}
    part = replace(study, datasets=datasets, relations=())
    return part, plan_of(part, [name])


def _again(
    plan: Plan, inputs: Inputs, package: Package, question: Question
) -> tuple[Again | None, str]:
    """The subject of the record run again; or None, and why."""
    name = question.dataset
    if name not in plan.study.datasets:
        name = next(iter(plan.only), "")
    if name not in plan.names("subjects"):
        return None, f"{name or question.dataset} is made of records of no subject"
    if not divisible(plan):
        return run_again(plan, inputs, package, frozenset()), ""
    persons, asked = _persons(plan.study, inputs, package, question)
    if persons:
        return run_again(plan, inputs, package, persons), ""
    if asked < MOST_ASKED:
        return None, "no raw record that it goes back to names a subject"
    return None, f"the first {asked:,} records that it goes back to name no subject"


def _persons(
    study: StudySpec, inputs: Inputs, package: Package, question: Question
) -> tuple[frozenset[str], int]:
    """Whose raw records a record goes back to: one person, by the law that holds for subjects.

    Also gives how many records were looked at; none more than MOST_ASKED.
    """
    waiting = deque([(question.dataset, question.row)])
    met = set(waiting)
    asked = 0
    while waiting and asked < MOST_ASKED:
        dataset, row = waiting.popleft()
        asked += 1
        for edge in package.edges(dataset, row):
            if edge.parent.startswith(RAW):
                name = edge.parent.removeprefix(RAW)
                column = study.sources[name].person if name in inputs.persons else ""
                if column and edge.row < len(inputs.tables[name].frame):
                    person: Any = inputs.tables[name].frame[column].iloc[edge.row]
                    return frozenset({person if isinstance(person, str) else ""}), asked
            elif (edge.parent, edge.row) not in met and edge.parent in package.files:
                met.add((edge.parent, edge.row))
                waiting.append((edge.parent, edge.row))
    return frozenset(), asked


def _stale(study: StudySpec, package: Package, inputs: Inputs) -> list[str]:
    """What changed since the package was made: its lineage then tells of other rows or rules."""
    manifest = package.manifest
    if not manifest:
        return ["the package has no manifest.json: it cannot be told whether it is up to date"]
    notes = []
    specs = spec_hashes(study.home)
    told = manifest.get("specs", {})
    changed = sorted(name for name in {*specs, *told} if specs.get(name) != told.get(name))
    if changed:
        notes.append(_changed(changed, "the rules shown are those of now"))
    files = []
    for name, hashes in input_hashes(study, inputs).items():
        known = manifest.get("inputs", {}).get(name, {}).get("files", {})
        files += [file for file in {*hashes, *known} if hashes.get(file) != known.get(file)]
    if files:
        notes.append(_changed(sorted(set(files)), "rows and cells may be other ones"))
    return notes


def _changed(files: list[str], so: str) -> str:
    named = ", ".join(files[:3]) + (f" and {len(files) - 3} more" if len(files) > 3 else "")
    return f"{named} changed since the package was made, so {so}; `cdisc run` makes it anew"


def _silent(_what: str, _done: int, _total: int) -> None:
    return None
