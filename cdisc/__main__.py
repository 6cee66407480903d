"""`python -m cdisc` is `cdisc`."""

from __future__ import annotations

from cdisc.cli import main

main()
