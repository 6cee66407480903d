"""Define-XML 2.1 from built datasets, its HTML page, and what it measures in the data."""

from __future__ import annotations

from cdisc.define.html import render_html
from cdisc.define.measure import common_lengths, data_type_of, measured
from cdisc.define.references import References, references
from cdisc.define.values import value_levels
from cdisc.define.witnesses import DueLevels, witnesses
from cdisc.define.write import write_define

__all__ = [
    "DueLevels",
    "References",
    "common_lengths",
    "data_type_of",
    "measured",
    "references",
    "render_html",
    "value_levels",
    "witnesses",
    "write_define",
]
