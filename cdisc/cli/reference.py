"""The reference page of the commands, from the very texts that `--help` shows."""

from __future__ import annotations

import click

from cdisc.cli.commands import cdisc

INTRODUCTION = """# Commands

What `cdisc --help` and `cdisc COMMAND --help` say. This page is written by
`python scripts/build_reference.py`.
"""


def command_reference() -> str:
    """A Markdown page: the help of `cdisc` and of each command, in the order of their names."""
    # the width is given, so that the page does not depend on the terminal it is written in
    top = cdisc.make_context("cdisc", [], resilient_parsing=True, terminal_width=80)
    pages = [INTRODUCTION, _section(top)]
    for name in sorted(cdisc.commands):
        command = cdisc.commands[name]
        pages.append(_section(command.make_context(name, [], top, resilient_parsing=True)))
    return "\n".join(pages)


def _section(context: click.Context) -> str:
    text = "\n".join(line.rstrip() for line in context.get_help().splitlines())
    return f"## {context.command_path}\n\n```text\n{text}\n```\n"
