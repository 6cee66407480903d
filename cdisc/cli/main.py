"""Entry point: runs a command, shows errors in the user's words, returns the exit code."""

from __future__ import annotations

import os
import sys

import click

from cdisc.cli.commands import cdisc
from cdisc.errors import CdiscError

INTERNAL = 4


def main() -> None:
    """Run the command line and exit with 0, 1 (gate closed), 2, 3 or 4."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line with these arguments and return its exit code."""
    try:
        code = cdisc.main(arguments, prog_name="cdisc", standalone_mode=False)
    except CdiscError as error:
        from cdisc.cli.screens import show_error

        show_error(error)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped; nothing was changed.", err=True)
        return 130
    except Exception as error:
        return _internal(error)
    return code if isinstance(code, int) else 0


def _internal(error: Exception) -> int:
    """A defect of ours: said plainly; the details only when asked for."""
    if os.environ.get("CDISC_DEBUG"):
        raise error
    click.echo(
        f"Internal error: {type(error).__name__}: {error}\n"
        "This is a defect of cdisc, not of your study; the last package is unchanged.\n"
        "Set CDISC_DEBUG=1 and run again for the details to report.",
        err=True,
    )
    return INTERNAL
