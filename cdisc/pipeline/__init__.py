"""The whole way from a study folder to a package; the only room that sees all the others."""

from __future__ import annotations

from cdisc.pipeline.run import RunResult
from cdisc.pipeline.study import Study

__all__ = ["RunResult", "Study"]
