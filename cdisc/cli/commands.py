"""The commands. Each imports what it needs when it runs, so that `--help` is instant."""

from __future__ import annotations

from pathlib import Path

import click

import cdisc as package
from cdisc.cli.options import data_option, given, granted, home_option, out_option, versioned
from cdisc.cli.trace_command import trace

HELP = {"help_option_names": ["-h", "--help"]}


class Sections(click.Group):
    """A group whose help lists its commands in the sections of its own text."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Nothing more: the text names every command, by what it is for."""


@click.group(cls=Sections, context_settings=HELP)
@click.version_option(package.__version__, "-V", "--version", message="cdisc %(version)s")
def cdisc() -> None:
    """Raw clinical-trial exports to a regulatory submission, from YAML mapping specs.

    \b
    To start:
      cdisc init DIR         a small study folder that runs as it is
      cdisc simulate         synthetic raw exports of the reference study

    \b
    In a study folder (or anywhere, with -C DIR):
      cdisc check            are the specs right? no data needed, instant
      cdisc run              raw data -> SDTM -> XPT, Define-XML and findings
      cdisc validate [DIR]   expectation suites: on the package, or any XPT files
      cdisc sensitivity      whose endpoints change under other conventions
      cdisc results          tables and figures of the study report, from ADaM

    \b
    To know why:
      cdisc trace AE ...     from a value of the package back to its raw cells

    \b
    To write specs:
      cdisc algorithms       what can fill a variable; with NAME, how to write it
      cdisc schema DIR       JSON Schemas, for completion in your editor

    `cdisc COMMAND --help` explains a command.

    Exit codes: 0 clean, 1 gate closed, 2 usage or spec error, 3 input unreadable, 4 internal.
    """


@cdisc.command()
@home_option
@data_option
@click.option("--only", metavar="AE,LB", help="Build only these datasets, into build-partial/.")
@out_option
def run(home: Path, data: tuple[str, ...], only: str | None, out: Path | None) -> int:
    """Build the package: SDTM, XPT, Define-XML, findings.

    \b
    cdisc run                        the study in the current folder
    cdisc run --only AE,DM           two datasets, a partial package
    cdisc run --data raw=/transfers  raw files from somewhere else

    The package appears in build/ when it is whole; a run that fails leaves the last one as it
    was. Findings never stop the build: the gate (validation/gate.yaml) decides the exit code.
    """
    from cdisc.cli.screens import progress_bar, show_run
    from cdisc.pipeline import Study

    study = Study.load(home, data=granted(data))
    names = [name.strip() for name in only.split(",")] if only else []
    with progress_bar() as progress:
        result = study.run(only=names, out=out, progress=progress)
    show_run(result, home)
    return result.exit_code


@cdisc.command()
@home_option
def check(home: Path) -> int:
    """Check the specs without data: names, graph, standard, codelists.

    Made for editors and pre-commit hooks: one line a problem, `file:line:column name: message`.
    """
    from cdisc.cli.screens import show_check
    from cdisc.pipeline import Study

    study = Study.load(home)
    checked = study.check()
    show_check(checked, len(study.spec.datasets), home)
    return 2 if checked.errors else 0


@cdisc.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@home_option
@out_option
@click.option(
    "--standard",
    help="For PATH: the guide to hold to.  [default: ADaMIG 1.3 where all names begin with AD, "
    "else SDTMIG 3.4]",
)
@click.option(
    "--terminology",
    default="sdtmct 2025-03-28",
    show_default=True,
    help="For PATH: the controlled terminology release.",
)
@click.option("--encoding", default="ascii", show_default=True, help="For PATH: of the XPT files.")
def validate(
    path: Path | None,
    home: Path,
    out: Path | None,
    standard: str | None,
    terminology: str,
    encoding: str,
) -> int:
    """Run the expectation suites on a package, by great_expectations.

    \b
    cdisc validate            what this study built; suites in validation/suites/
    cdisc validate DIR        any folder of XPT files, against a standard
    cdisc validate DIR -C .   the same, by the gate of this study
    """
    from cdisc.cli.screens import progress_bar, show_package
    from cdisc.pipeline import Study
    from cdisc.pipeline.package_check import validate_folder, validate_study

    with progress_bar() as progress:
        if path is None:
            result = validate_study(Study.load(home).spec, out=out, progress=progress)
        else:
            result = validate_folder(
                path,
                standard=versioned(standard, "--standard") if standard else None,
                release=versioned(terminology, "--terminology"),
                encoding=encoding,
                progress=progress,
                study=Study.load(home).spec if given("home") else None,
            )
    show_package(result)
    return 1 if result.verdict.closed else 0


@cdisc.command()
@home_option
@data_option
@click.option("--only", metavar="NAME,NAME", help="Only these alternatives.")
@out_option
def sensitivity(home: Path, data: tuple[str, ...], only: str | None, out: Path | None) -> int:
    """List the subjects whose endpoints change under other conventions.

    \b
    define/sensitivity.yaml says what is compared, and the alternatives:
      compare: {ADRS: [CBOR], ADTTE: [PFS]}
      alternatives:
        CONFIRM35:
          label: Confirmation after 35 days
          changes:
            - dataset: ADRS
              parameters: [CBOR]
              argument: confirm_days
              value: 35
        NOMISSED:
          label: Missed assessments do not censor
          changes:
            - dataset: ADTTE
              parameters: [PFS]
              argument: censors
              without: if_gap_over   # rules of the list that give this

    Only the datasets that an alternative changes are built again. Old and new values are in
    build/sensitivity/changes.csv.
    """
    from cdisc.cli.screens import progress_bar
    from cdisc.cli.sensitivity import show_sensitivity
    from cdisc.pipeline import Study

    study = Study.load(home, data=granted(data))
    names = [name.strip() for name in only.split(",")] if only else []
    with progress_bar() as progress:
        result = study.sensitivity(only=names, out=out, progress=progress)
    show_sensitivity(result)
    return 0


@cdisc.command()
@click.argument("name", required=False)
def algorithms(name: str | None) -> None:
    """List the algorithms, or explain one: `cdisc algorithms study_day`."""
    from cdisc.spec.reference import describe, listing

    click.echo(describe(name) if name else listing())


@cdisc.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
def schema(folder: Path) -> None:
    """Write the JSON Schemas of the spec language into DIR, for completion in editors.

    \b
    Then, in the settings of VS Code with its YAML extension:
      "yaml.schemas": {
        "DIR/study.schema.json": "study.yaml",
        "DIR/mapping.schema.json": "mappings/*/*.yaml",
        "DIR/codelists.schema.json": "define/codelists.yaml",
        "DIR/displays.schema.json": "define/displays.yaml",
        "DIR/sensitivity.schema.json": "define/sensitivity.yaml"
      }
    or, in any editor that knows it, as the first line of a spec:
      # yaml-language-server: $schema=DIR/mapping.schema.json
    """
    from cdisc.spec.schema import write_schemas

    folder.mkdir(parents=True, exist_ok=True)
    for path in write_schemas(folder):
        click.echo(path)


@cdisc.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
def init(folder: Path) -> None:
    """Write a small study folder into DIR that runs as it is."""
    from cdisc.cli.screens import show_new_study
    from cdisc.pipeline.new_study import write_template

    show_new_study(write_template(folder), folder)


@cdisc.command()
@click.option("--subjects", default=40, show_default=True, help="Enrolled subjects.")
@click.option("--seed", default=5699811, show_default=True, help="Other seed, other study.")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where the raw files go.",
)
@click.option(
    "--manifest",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to list the cells made dirty on purpose; DIR/injected.csv without it.",
)
def simulate(subjects: int, seed: int, out: Path, manifest: Path | None) -> None:
    """Write synthetic raw exports of the reference study NCT05699811.

    \b
    cdisc simulate --subjects 400 --out big
    cdisc run --data raw=big --out build-big

    The exports are dirty as real ones are. What was made dirty on purpose is listed with its
    case, file and row; a run never reads that list.
    """
    from cdisc.cli.screens import progress_bar
    from cdisc.simulate import simulate as write_exports

    listed = manifest or out / "injected.csv"
    with progress_bar() as progress:
        paths = write_exports(out, subjects=subjects, seed=seed, manifest=listed, progress=progress)
    for path in (*paths, listed):
        click.echo(path)
    click.echo(f"Next: cdisc run --data raw={out} --out DIR", err=True)


cdisc.add_command(trace)
