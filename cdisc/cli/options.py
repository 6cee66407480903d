"""What several commands take: the study folder, data folders, where a package is."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from cdisc.errors import UsageError

home_option = click.option(
    "-C",
    "home",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    metavar="DIR",
    help="The study folder (where study.yaml is); the current folder by default.",
)
data_option = click.option(
    "--data",
    "data",
    multiple=True,
    metavar="NAME=DIR",
    help="Read the data folder NAME of study.yaml from DIR, which may be anywhere.",
)
out_option = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where the package goes; build/ in the study folder by default.",
)


def given(option: str) -> bool:
    """Whether an option of the running command was written, rather than left to its default."""
    return click.get_current_context().get_parameter_source(option) is not ParameterSource.DEFAULT


def granted(data: tuple[str, ...]) -> dict[str, Path]:
    """Data folders of `--data NAME=DIR`. Raises UsageError for another form."""
    folders = {}
    for text in data:
        name, equals, folder = text.partition("=")
        if not (name and equals and folder):
            raise UsageError(f"--data {text}: write NAME=DIR", hint="e.g. --data raw=transfer_7")
        folders[name] = Path(folder)
    return folders


def versioned(text: str, option: str) -> tuple[str, str]:
    """Name and version of `SDTMIG 3.4`. Raises UsageError when there is no version."""
    name, _, version = text.rpartition(" ")
    if not name:
        raise UsageError(f'{option} {text!r} names no version: write e.g. "SDTMIG 3.4"')
    return name, version
