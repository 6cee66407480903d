"""The standards and terminology releases that one define.xml declares (`def:Standards`)."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from cdisc.define.vocabulary import PUBLISHING_SETS
from cdisc.define.xml import element
from cdisc.errors import Location, SpecError
from cdisc.model import Dataset, Standard, StudyInfo

_GUIDES = {"Tabulation": ("SDTMIG", "SENDIG", "BIMO"), "Analysis": ("ADaM",)}
_TERMINOLOGY = {"Tabulation": ("SDTM", "SEND"), "Analysis": ("ADaM",)}
MODELS = {"Tabulation": "SDTM", "Analysis": "ADaM"}


def declared_standards(
    study: StudyInfo, datasets: Sequence[Dataset], packages: Sequence[str]
) -> list[Standard]:
    """The declared standards that concern these datasets, in the order declared.

    A study's SDTM and ADaM packages each have their own define.xml, so that one leaves out what
    belongs to the other; terminology of Define-XML itself concerns both.
    """
    purposes = sorted({dataset.purpose for dataset in datasets})
    guides = tuple(name for purpose in purposes for name in _GUIDES[purpose])
    sets = {name for purpose in purposes for name in _TERMINOLOGY[purpose]} | {"DEFINE-XML"}
    declared = {package_of(standard) for standard in study.standards if standard.type == "CT"}
    for package in packages:
        if package not in declared:
            raise SpecError(
                f"a codelist comes from {package}, which the study does not declare",
                at=Location(name="standards"),
                hint=f"Declared: {', '.join(sorted(declared)) or 'none'}",
            )
    return [
        standard
        for standard in study.standards
        if (standard.type == "IG" and standard.name.startswith(guides))
        or (
            standard.type == "CT"
            and (standard.publishing_set in sets or package_of(standard) in packages)
        )
    ]


def guide_of(standards: Sequence[Standard], purpose: str) -> Standard:
    """The implementation guide of datasets with that purpose.

    Raises:
        SpecError: none is declared.
    """
    for standard in standards:
        if standard.type == "IG" and standard.name.startswith(_GUIDES[purpose]):
            return standard
    raise SpecError(
        f"the study declares no implementation guide for {MODELS[purpose]} datasets",
        at=Location(name="standards"),
        hint=f"Declare one, such as {_GUIDES[purpose][0]} with its version",
    )


def package_of(standard: Standard) -> str:
    """The package name of a terminology: `sdtmct-2025-03-28`."""
    for prefix, publishing_set in PUBLISHING_SETS.items():
        if publishing_set == standard.publishing_set:
            return f"{prefix}-{standard.version}"
    raise SpecError(
        f"{standard.publishing_set!r} is not a terminology publishing set",
        at=Location(name=f"standard {standard.name} {standard.version}"),
        hint=f"Use one of {', '.join(PUBLISHING_SETS.values())}",
    )


def standard_oid(standard: Standard) -> str:
    """`STD.SDTMIG.3.4`, `STD.CT.SDTM.2025-03-28`."""
    name = f"CT.{standard.publishing_set}" if standard.type == "CT" else standard.name
    return f"STD.{name}.{standard.version}"


def standard_element(standard: Standard) -> etree._Element:
    """`def:Standard`."""
    return element(
        "def:Standard",
        {
            "OID": standard_oid(standard),
            "Name": standard.name,
            "Type": standard.type,
            "PublishingSet": standard.publishing_set or None,
            "Version": standard.version,
            "Status": standard.status,
        },
    )
