"""Raw clinical-trial exports to SDTM, ADaM, XPT and Define-XML from YAML mapping specs."""

from __future__ import annotations

__version__ = "0.1.0"
