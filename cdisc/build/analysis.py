"""What an analysis dataset is, in the words of Define-XML: its label, class and structure."""

from __future__ import annotations

from cdisc.build.standard import variable_label
from cdisc.spec import StudySpec
from cdisc.spec.model import DatasetSpec
from cdisc.standards import DatasetStandard

SUBJECT_LEVEL = "ADSL"

# A key that says less by its label than reviewers say of it.
_SAID = {
    "USUBJID": "subject",
    "PARAMCD": "parameter",
    "PARAM": "parameter",
    "PARAMN": "parameter",
    "VISITNUM": "visit",
    "AVISIT": "analysis visit",
    "AVISITN": "analysis visit",
    "ATPT": "analysis timepoint",
    "ATPTN": "analysis timepoint",
    "BASETYPE": "baseline type",
}


def class_of_standard(known: DatasetStandard | None) -> str:
    """Class and subclass: `BASIC DATA STRUCTURE/TIME-TO-EVENT`; empty for no standard."""
    if known is None:
        return ""
    return f"{known.class_}/{known.subclass}" if known.subclass else known.class_


def analysis_label(spec: DatasetSpec, known: DatasetStandard | None) -> str:
    """The label: the spec's; ADSL has the one that the standard prescribes (ADaMIG 1.3, 2.3.1)."""
    if spec.label:
        return spec.label
    if spec.name == SUBJECT_LEVEL and known is not None:
        return known.label.removesuffix(" Structure")
    return spec.name


def analysis_structure(study: StudySpec, spec: DatasetSpec) -> str:
    """What one record is, from the keys: `One record per subject per parameter`."""
    words = []
    for key in spec.keys:
        if key in _SAID:
            words.append(_SAID[key])
        elif key in spec.variables and key != "STUDYID":
            words.append(_in_sentence(variable_label(study, spec, spec.variables[key])))
    return f"One record per {' per '.join(dict.fromkeys(words))}" if words else ""


def _in_sentence(label: str) -> str:
    """A label inside a sentence: words in small letters but for abbreviations."""
    return " ".join(word.lower() if word.istitle() else word for word in label.split())
