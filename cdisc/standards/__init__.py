"""SDTMIG and ADaMIG catalogues and CDISC controlled terminology: look-ups only."""

from __future__ import annotations

from cdisc.standards.catalogue import Catalogue, DatasetStandard, VariableStandard, catalogue
from cdisc.standards.packaged import packaged_catalogues, packaged_terminologies
from cdisc.standards.release import load_terminology
from cdisc.standards.terminology import Terminologies, Terminology, terminology

__all__ = [
    "Catalogue",
    "DatasetStandard",
    "Terminologies",
    "Terminology",
    "VariableStandard",
    "catalogue",
    "load_terminology",
    "packaged_catalogues",
    "packaged_terminologies",
    "terminology",
]
