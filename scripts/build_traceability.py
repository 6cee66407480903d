"""Write docs/traceability.md: from each line of the registration to raw forms and SDTM.

    python scripts/build_traceability.py

Needs define/registration.yaml, the specs and the raw exports below data/raw.
"""

from __future__ import annotations

import sys
from pathlib import Path

from cdisc.build import build, read_inputs
from cdisc.errors import CdiscError
from cdisc.pipeline.registration import read_registration, traceability
from cdisc.spec import read_study

ROOT = Path(__file__).parents[1]
REGISTRATION = "define/registration.yaml"
PAGE = ROOT / "docs" / "traceability.md"


def main() -> int:
    """Writes the page; 0, or the exit code of what is wrong."""
    try:
        study = read_study(ROOT)
        lines = read_registration(ROOT / REGISTRATION, REGISTRATION)
        page = traceability(study, build(study, read_inputs(study)), lines)
    except CdiscError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    PAGE.write_text(page, encoding="utf-8", newline="\n")
    print(PAGE.relative_to(ROOT).as_posix())
    return 0


if __name__ == "__main__":
    sys.exit(main())
