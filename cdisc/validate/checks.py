"""The checks that a dataset is due, from its metadata and the standard; no record is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cdisc.model import Codelist, Dataset
from cdisc.validate.facts import Facts, StandardVariable, no_codelist
from cdisc.validate.rule import Check
from cdisc.validate.rules import checks_of_all_topics


def checks_for(
    dataset: Dataset,
    *,
    standard: Mapping[str, StandardVariable] | None = None,
    codelist: Callable[[str], Codelist | None] = no_codelist,
    subjects: str = "",
    study_id: str = "",
    unlisted: bool = False,
) -> list[Check]:
    """Checks for one dataset, topic by topic; the same metadata gives the same checks.

    Args:
        dataset: Metadata is used, the frame is not.
        standard: The variables that the standard knows for it, in the standard's order
            (`standard_of`); without it nothing is held against the standard.
        codelist: Finds a codelist by name or NCI C-code: `Terminology.codelist`, `dict.get`.
        subjects: The dataset that lists the subjects (DM, ADSL), empty for no look-up.
        study_id: The STUDYID that all records must have; empty asks for one throughout.
        unlisted: Whether to tell of this dataset that its package has no ADSL.
    """
    facts = Facts(
        dataset=dataset,
        standard=standard or {},
        codelist=codelist,
        subjects=subjects,
        study_id=study_id,
        unlisted=unlisted,
    )
    return list(checks_of_all_topics(facts))
