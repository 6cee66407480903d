"""Values that no XPT file can hold, told before anything is written, and all at once.

The writer refuses them too, but it knows only its own rows; here the raw file, the raw row and
the line of the spec are known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from cdisc.errors import CdiscError, Problems, WriteError, raise_any
from cdisc.model import Dataset, Finding
from cdisc.spec import StudySpec

TOO_LONG = "LENGTH.LIMIT"
NOT_ASCII = "TEXT.ASCII"
MAX_TEXT = 200


def check_writable(datasets: Mapping[str, Dataset], findings: Iterable[Finding]) -> None:
    """Refuse texts over 200 bytes or of other characters than printable ASCII, as rules found them.

    Raises WriteError, or Problems with one for each variable and reason.
    """
    groups: dict[tuple[str, str, str, bool], list[Finding]] = {}
    for finding in findings:
        if finding.rule in (TOO_LONG, NOT_ASCII):
            control = finding.value is not None and finding.value.isascii()
            key = (finding.dataset, finding.variable, finding.rule, control)
            groups.setdefault(key, []).append(finding)
    errors = [_error(datasets[key[0]], members) for key, members in groups.items()]
    raise_any(errors)


def _error(dataset: Dataset, findings: Sequence[Finding]) -> WriteError:
    first = min(findings, key=lambda finding: finding.occurrences[:1])
    records = _records(sum(finding.count for finding in findings), first)
    if first.rule == TOO_LONG:
        longest = dataset.variable(first.variable).length
        message = f"the longest text has {longest} bytes, and XPT version 5 holds {MAX_TEXT}"
        hint = "Split it: {text_piece: {of: COLUMN, piece: 1}}, the other pieces in supplemental"
    elif first.value is not None and first.value.isascii():
        message = f"{first.value!r} holds control characters, which an XPT file must not have"
        hint = 'Say what to write for them: {replace_text: {of: COLUMN, replace: {"\\n": " "}}}'
    else:
        message = f"{first.value!r} has characters that are not ASCII"
        hint = "Say what to write for them: {clean_text: {of: COLUMN, replace: {\u00e4: ae}}}"
    at = replace(first.at, name=f"{dataset.name}.{first.variable}")
    return WriteError(f"{message} ({records})", at=at, hint=hint)


def _records(count: int, first: Finding) -> str:
    number = "1 record" if count == 1 else f"{count:,} records"
    place = next((f"{o.file} row {o.row}" for o in first.occurrences if o.file), "")
    before = "" if count == 1 else "first "
    return f"{number}, {before}{place}" if place else number


def placed(study: StudySpec, error: CdiscError) -> CdiscError:
    """The error at the line of the spec it is about, where it only names `AE.AETERM`."""
    if isinstance(error, Problems):
        return Problems(placed(study, each) for each in error.errors)
    dataset, _, variable = error.at.name.partition(".")
    spec = study.datasets.get(dataset.removeprefix("SUPP"))
    if error.at.file or spec is None:
        return error
    found = spec.variables.get(variable)
    at = replace(found.at if found else spec.at, name=error.at.name)
    return type(error)(error.message, at=at, hint=error.hint)
