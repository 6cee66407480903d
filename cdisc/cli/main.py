"""Entry point: runs a command, shows errors in the user's words, returns the exit code."""

from __future__ import annotations

import gc
import io
import os
import sys
import traceback

import click

from cdisc.cli.commands import cdisc
from cdisc.cli.results_command import results
from cdisc.errors import CdiscError

cdisc.add_command(results)

UNREADABLE = 3
INTERNAL = 4
STOPPED = 130

OBJECTS_MADE = 50_000
"""After so many new objects Python looks for garbage. Specs, terms and findings are many objects
that live to the end; looking through them after every 700, as it would, takes time for nothing.
"""


def main() -> None:
    """Run the command line and exit with 0, 1 (gate closed), 2, 3 or 4."""
    gc.set_threshold(OBJECTS_MADE)
    for stream in (sys.stdout, sys.stderr):
        # a value of the data must not stop a message because the terminal cannot show it
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    code = run(sys.argv[1:])
    # the process ends here; Python would go through all objects once more to free them one by one
    gc.freeze()
    sys.exit(code)


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
        click.echo("Stopped; the last package is as it was.", err=True)
        return STOPPED
    except SystemExit:
        # click and rich leave so when whoever reads our output, such as `head`, has seen enough;
        # their 1 would say that the gate is closed
        return STOPPED
    except OSError as error:
        return _unreadable(error)
    except Exception as error:
        return _internal(error)
    return code if isinstance(code, int) else 0


def _unreadable(error: OSError) -> int:
    """The disk, a folder or a file refuses: nothing that a defect would explain."""
    if os.environ.get("CDISC_DEBUG"):
        traceback.print_exception(error)
        return UNREADABLE
    place = f"{error.filename}: " if error.filename else ""
    click.echo(f"{place}error: {error.strerror or error}", err=True)
    return UNREADABLE


def _internal(error: Exception) -> int:
    """A defect of ours: said plainly; the details only when asked for."""
    if os.environ.get("CDISC_DEBUG"):
        traceback.print_exception(error)
        return INTERNAL
    click.echo(
        f"Internal error: {type(error).__name__}: {error}\n"
        "This is a defect of cdisc, not of your study; the last package is unchanged.\n"
        "Set CDISC_DEBUG=1 and run again for the details to report.",
        err=True,
    )
    return INTERNAL
