"""Raw clinical-trial exports to SDTM, ADaM, XPT and Define-XML from YAML mapping specs.

>>> from cdisc import Study
>>> result = Study.load(".").run()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cdisc.pipeline import RunResult, Study

__version__ = "0.1.0"
__all__ = ["RunResult", "Study", "__version__"]


def __getattr__(name: str) -> Any:
    """`Study` and `RunResult`, loaded when first asked for: `import cdisc` stays instant."""
    if name in ("RunResult", "Study"):
        from cdisc import pipeline

        return getattr(pipeline, name)
    raise AttributeError(f"module 'cdisc' has no attribute {name!r}")
