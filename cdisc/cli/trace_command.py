"""`cdisc trace`: why a value of a package is so."""

from __future__ import annotations

from pathlib import Path

import click

from cdisc.cli.options import data_option, granted, home_option


@click.command()
@click.argument("dataset")
@click.option("--where", default="", metavar="EXPR", help="Which record: a condition, as in specs.")
@click.option("--variable", default="", metavar="V", help="The value asked about.")
@click.option(
    "--limit",
    default=5,
    show_default=True,
    type=click.IntRange(1),
    help="Records of one kind shown.",
)
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the answer as one page too.",
)
@home_option
@data_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The package to ask; build/ in the study folder by default.",
)
def trace(
    dataset: str,
    where: str,
    variable: str,
    limit: int,
    html: Path | None,
    home: Path,
    data: tuple[str, ...],
    out: Path | None,
) -> int:
    """Why is a value so: back to the raw cells it was made of.

    \b
    cdisc trace AE --where 'AESEQ == 4' --variable AETOXGR
    cdisc trace DM --where 'SUBJID == "001-0001"'           all variables, briefly
    cdisc trace AE --where 'AESTDTC >= "2024-03"' --html why.html

    Asks the package that `cdisc run` made. The answer is the record, the rule with its arguments
    and its line in the specs, and the records it was made of: those it was built from, looked up
    in, or chosen among, down to file and row; the cells that matter are marked. When several
    records match, the first is shown. The subject is run again to tell steps on the way, and
    what was considered but not taken.

    A condition is written as in specs: == != < <= > >=, in [...], and, or, not, missing(X),
    starts_with(X, "..."). Supplemental qualifiers (--variable AEDLT), SUPPAE and RELREC too.
    """
    from cdisc.cli.screens import progress_bar
    from cdisc.cli.texts import shown_path
    from cdisc.cli.trace_screen import show_trace
    from cdisc.pipeline import Study
    from cdisc.trace.page import trace_page

    study = Study.load(home, data=granted(data))
    with progress_bar() as progress:
        answer = study.trace(
            dataset, where=where, variable=variable, out=out, limit=limit, progress=progress
        )
    show_trace(answer)
    if html is not None:
        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_bytes(trace_page(answer))
        click.echo(f"Page: {shown_path(html)}", err=True)
    return 0
