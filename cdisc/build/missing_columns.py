"""A column that SDTM of others lacks, told with the file that should have it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cdisc.build.inputs import Inputs
from cdisc.build.rowset import NoColumnError
from cdisc.errors import SpecError
from cdisc.spec import StudySpec


def in_its_file(
    error: NoColumnError, study: StudySpec, inputs: Inputs, parents: Sequence[str]
) -> SpecError:
    """The error with the files it is about, where the records come from datasets as submitted.

    Those who wrote the specs did not make these files, and may not know which one a name is of.

    Args:
        error: which column of which records there is not.
        study: the specs.
        inputs: the tables as read.
        parents: what the numbers of parents stand for, sources as `raw:dm`.
    """
    origins = [parents[number] for number in np.unique(error.rows.parents.table).tolist()]
    names = [origin.removeprefix("raw:") for origin in origins]
    sources = [study.sources[name] for name in names if name in study.sources]
    if not sources or len(sources) < len(origins) or not all(s.submitted for s in sources):
        return error
    files = [file for name in names for file in inputs.tables[name].files]
    message = f"{error.message} in {_either(files)}"
    qualifiers = [source.supplemental.file for source in sources if source.supplemental]
    if qualifiers:
        message += f" and no qualifier {error.name} in {_either(qualifiers)}"
    return SpecError(message, at=error.at, hint=error.hint)


def _either(files: Sequence[str]) -> str:
    return " or ".join(files)
