"""The command line: `cdisc run` and its sisters. Exit codes: see `cdisc --help`."""

from __future__ import annotations

from cdisc.cli.main import main

__all__ = ["main"]
