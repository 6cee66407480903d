"""Words of the standard that Define-XML 2.1 accepts: classes, origins, publishing sets."""

from __future__ import annotations

from cdisc.errors import Location, SpecError, did_you_mean
from cdisc.model import Origin

# GNRLOBSC, in the order in which reviewers expect to find the datasets.
CLASSES = (
    "TRIAL DESIGN",
    "STUDY REFERENCE",
    "SPECIAL PURPOSE",
    "SUBJECT LEVEL ANALYSIS DATASET",
    "INTERVENTIONS",
    "EVENTS",
    "FINDINGS",
    "FINDINGS ABOUT",
    "OCCURRENCE DATA STRUCTURE",
    "BASIC DATA STRUCTURE",
    "MEDICAL DEVICE OCCURRENCE DATA STRUCTURE",
    "MEDICAL DEVICE BASIC DATA STRUCTURE",
    "DEVICE LEVEL ANALYSIS DATASET",
    "REFERENCE DATA STRUCTURE",
    "ADAM OTHER",
    "RELATIONSHIP",
)
REFERENCE_CLASSES = frozenset({"TRIAL DESIGN", "STUDY REFERENCE"})

_SUBCLASSES = {
    "TIME-TO-EVENT": "BASIC DATA STRUCTURE",
    "NON-COMPARTMENTAL ANALYSIS": "BASIC DATA STRUCTURE",
    "POPULATION PHARMACOKINETIC ANALYSIS": "BASIC DATA STRUCTURE",
    "ADVERSE EVENT": "OCCURRENCE DATA STRUCTURE",
    "MEDICAL DEVICE TIME-TO-EVENT": "MEDICAL DEVICE BASIC DATA STRUCTURE",
}

# Names of ADaM structures as specs write them, and the SDTMIG's own spellings.
_OTHER_NAMES = {
    "ADSL": ("SUBJECT LEVEL ANALYSIS DATASET", ""),
    "SUBJECT-LEVEL ANALYSIS DATASET": ("SUBJECT LEVEL ANALYSIS DATASET", ""),
    "BDS": ("BASIC DATA STRUCTURE", ""),
    "BDS-TTE": ("BASIC DATA STRUCTURE", "TIME-TO-EVENT"),
    "BDS FOR TTE": ("BASIC DATA STRUCTURE", "TIME-TO-EVENT"),
    "TTE": ("BASIC DATA STRUCTURE", "TIME-TO-EVENT"),
    "OCCDS": ("OCCURRENCE DATA STRUCTURE", ""),
    "OCCDS-AE": ("OCCURRENCE DATA STRUCTURE", "ADVERSE EVENT"),
    "OTHER": ("ADAM OTHER", ""),
    "SPECIAL-PURPOSE": ("SPECIAL PURPOSE", ""),
    "RELATIONSHIPS": ("RELATIONSHIP", ""),
}

ORIGIN_SOURCES = {
    "Collected": "Investigator",
    "Derived": "Sponsor",
    "Assigned": "Sponsor",
    "Protocol": "Sponsor",
    "Predecessor": "Sponsor",
    "Not Available": "",
    "Other": "",
}
"""Origin types of Define-XML 2.1 and the source of each that does not name one."""

PUBLISHING_SETS = {
    "sdtmct": "SDTM",
    "adamct": "ADaM",
    "define-xmlct": "DEFINE-XML",
    "sendct": "SEND",
    "cdashct": "CDASH",
}


def class_of(text: str, dataset: str) -> tuple[str, str]:
    """`def:Class` and `def:SubClass` (or empty) for a class as the catalogue or a spec writes it.

    `Events` is `EVENTS`, `BDS-TTE` is `BASIC DATA STRUCTURE` with `TIME-TO-EVENT`; a subclass can
    also be given after a slash: `OCCURRENCE DATA STRUCTURE/ADVERSE EVENT`.

    Raises:
        SpecError: there is no such class.
    """
    name, _, subclass = (part.strip() for part in text.upper().partition("/"))
    name, implied = _OTHER_NAMES.get(name, (name, ""))
    if name in _SUBCLASSES and not subclass:
        name, implied = _SUBCLASSES[name], name
    subclass = subclass or implied
    if name not in CLASSES:
        raise SpecError(
            f"{text!r} is not a Define-XML dataset class",
            at=Location(name=dataset),
            hint=did_you_mean(text, (*CLASSES, *_OTHER_NAMES)),
        )
    if subclass and _SUBCLASSES.get(subclass) != name:
        raise SpecError(
            f"{subclass!r} is not a subclass of {name}",
            at=Location(name=dataset),
            hint=did_you_mean(subclass, [s for s, c in _SUBCLASSES.items() if c == name]),
        )
    return name, subclass


def source_of(origin: Origin, place: str) -> str:
    """The source of an origin: the one stated, else the usual one of its type.

    Raises:
        SpecError: the type or the source is not a term of Define-XML 2.1.
    """
    if origin.type not in ORIGIN_SOURCES:
        raise SpecError(
            f"{origin.type!r} is not a Define-XML origin",
            at=Location(name=place),
            hint=did_you_mean(origin.type, ORIGIN_SOURCES),
        )
    sources = ("Investigator", "Sponsor", "Subject", "Vendor")
    if origin.source and origin.source not in sources:
        raise SpecError(
            f"{origin.source!r} is not a Define-XML origin source",
            at=Location(name=place),
            hint=did_you_mean(origin.source, sources) or f"Use one of {', '.join(sources)}",
        )
    return origin.source or ORIGIN_SOURCES[origin.type]
