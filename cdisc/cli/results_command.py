"""The command that makes tables and figures of a package."""

from __future__ import annotations

from pathlib import Path

import click

from cdisc.cli.options import home_option


@click.command()
@home_option
@click.option(
    "--package",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The package, or a folder of XPT files; build/ in the study folder by default.",
)
@click.option("--only", metavar="14.2.1,14.2.2", help="Only these, into results-partial/.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where results go; results/ in the package by default.",
)
def results(home: Path, package: Path | None, only: str | None, out: Path | None) -> int:
    """Make the tables and figures of define/displays.yaml from the ADaM datasets.

    \b
    cdisc run && cdisc results    into build/results/; look at its index.html
    cdisc results --only 14.2.1   one display
    cdisc results --package DIR   from datasets built elsewhere

    Each display is one CSV and one JSON with all its statistics, a figure one SVG besides. A
    display says whom it is about, which records, and one analysis:

    \b
      14.2.1:
        title: Objective response rate by RECIST 1.1
        population: FAS
        reason: SPECIFIED IN PROTOCOL
        purpose: SECONDARY OUTCOME MEASURE
        from: ADRS
        where: PARAMCD == "CRSP"
        response_rate: {responder: AVALC == "Y"}

    The same file becomes the analysis results metadata of define.xml (docs/results.md).
    Needs scipy: pip install "cdisc[results]"
    """
    from cdisc.cli.screens import progress_bar, show_results
    from cdisc.pipeline import Study
    from cdisc.pipeline.results import make_results

    names = [name.strip() for name in only.split(",")] if only else []
    with progress_bar() as progress:
        made = make_results(
            Study.load(home).spec, package=package, out=out, only=names, progress=progress
        )
    show_results(made)
    return made.exit_code
