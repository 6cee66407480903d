"""One pass over all values before a byte is written: what XPT cannot hold, and what it drops."""

from __future__ import annotations

from collections.abc import Sequence

from cdisc.errors import WriteError
from cdisc.model import Finding, Occurrence, Severity
from cdisc.model.finding import MAX_OCCURRENCES
from cdisc.write.number_column import NumberColumn, NumberScan
from cdisc.write.tally import Tally
from cdisc.write.text_column import TextColumn, TextScan
from cdisc.write.xpt_plan import MAX_TEXT, NUMBER_LENGTH, Planned

_STEP = 1 << 16


def scan_variables(
    planned: Sequence[Planned], rows: int, dataset: str, encoding: str, errors: list[WriteError]
) -> tuple[list[int], list[Finding]]:
    """Bytes of every variable in an observation, and findings; problems go to `errors`."""
    scans = new_scans(planned)
    scan_rows(planned, scans, rows, before=0)
    return report_scans(planned, scans, dataset, encoding, errors)


def new_scans(planned: Sequence[Planned]) -> list[TextScan | NumberScan]:
    """An empty scan for each variable, to be filled part by part."""
    return [TextScan() if isinstance(p.column, TextColumn) else NumberScan() for p in planned]


def scan_rows(
    planned: Sequence[Planned], scans: Sequence[TextScan | NumberScan], rows: int, *, before: int
) -> None:
    """Add all rows of one part to the scans; `before` are the rows of the parts before it."""
    for plan, scan in zip(planned, scans, strict=True):
        scan.begin(before)
        for start in range(0, rows, _STEP):
            stop = min(start + _STEP, rows)
            if isinstance(plan.column, TextColumn) and isinstance(scan, TextScan):
                plan.column.scan(start, stop, plan.length or MAX_TEXT, scan)
            elif isinstance(plan.column, NumberColumn) and isinstance(scan, NumberScan):
                plan.column.scan(start, stop, scan)


def report_scans(
    planned: Sequence[Planned],
    scans: Sequence[TextScan | NumberScan],
    dataset: str,
    encoding: str,
    errors: list[WriteError],
) -> tuple[list[int], list[Finding]]:
    """What the scans found: bytes of every variable, and findings; problems go to `errors`."""
    widths = []
    notes: list[Finding] = []
    for plan, scan in zip(planned, scans, strict=True):
        if isinstance(scan, TextScan):
            widths.append(_report_text(plan, scan, dataset, encoding, errors, notes))
        else:
            _report_numbers(plan, scan, dataset, errors, notes)
            widths.append(NUMBER_LENGTH)
    return widths, notes


def blank_rows_finding(dataset: str, rows: int, blank: int) -> Finding:
    """The finding for a dataset that ends in rows without any value."""
    first = rows - blank + 1
    last = min(rows, first + MAX_OCCURRENCES - 1)
    return Finding(
        rule="xpt_blank_rows",
        severity=Severity.WARNING,
        dataset=dataset,
        message="rows at the end of the dataset are blank throughout; "
        "in XPT they look like padding, and readers may drop them",
        hint="Leave out rows without any value",
        count=blank,
        occurrences=tuple(Occurrence(row=row) for row in range(first, last + 1)),
    )


def _report_text(
    plan: Planned,
    scan: TextScan,
    dataset: str,
    encoding: str,
    errors: list[WriteError],
    notes: list[Finding],
) -> int:
    errors.extend(_text_errors(plan, plan.length or MAX_TEXT, encoding, scan))
    if scan.end_in_blank:
        notes.append(
            _finding(
                dataset,
                plan.name,
                "xpt_trailing_blanks",
                "values end in blanks, which XPT does not keep",
                scan.end_in_blank,
            )
        )
    return plan.length or max(scan.longest, 1)


def _text_errors(plan: Planned, limit: int, encoding: str, scan: TextScan) -> list[WriteError]:
    errors = []
    if scan.unencodable:
        found = scan.unencodable
        errors.append(
            WriteError(
                f"has characters that {encoding} does not have ({found.where}: {found.example})",
                at=plan.at,
                hint="Replace them, or declare an encoding such as windows-1252",
            )
        )
    if scan.control:
        found = scan.control
        errors.append(
            WriteError(
                f"has control characters such as line ends, tabs or NUL "
                f"({found.where}: {found.example})",
                at=plan.at,
                hint="Remove them or replace them by blanks",
            )
        )
    if scan.too_long:
        found = scan.too_long
        hint = "Split the text, the rest going to supplemental qualifiers or further variables"
        if limit < MAX_TEXT:
            hint = f"Declare a length of at least {scan.longest}"
            if scan.longest > MAX_TEXT:
                hint = f"XPT version 5 holds at most {MAX_TEXT} bytes; split the text"
        errors.append(
            WriteError(
                f"has values longer than {limit} bytes, the longest {scan.longest} "
                f"({found.where}: {found.example})",
                at=plan.at,
                hint=hint,
            )
        )
    return errors


def _report_numbers(
    plan: Planned,
    scan: NumberScan,
    dataset: str,
    errors: list[WriteError],
    notes: list[Finding],
) -> None:
    refused = (
        (scan.infinite, "has infinite values", "Make them missing or correct the computation"),
        (scan.too_large, "has numbers too large for SAS", "SAS transport ends near 9e74"),
        (
            scan.inexact,
            "has whole numbers above 9,007,199,254,740,992, which SAS numbers do not hold exactly",
            "Write identifiers of that length as text",
        ),
        (
            scan.not_midnight,
            f"has times of day, which the format {plan.format} does not keep",
            "Use a datetime format such as DATETIME20., or drop the time in the spec",
        ),
        (
            scan.off_calendar,
            "has dates outside the SAS calendar, 1582-01-01 to 19900-12-31",
            "Correct the dates",
        ),
    )
    for found, message, hint in refused:
        if found:
            text = f"{message} ({found.where}: {found.example})"
            errors.append(WriteError(text, at=plan.at, hint=hint))
    if scan.tiny:
        notes.append(
            _finding(
                dataset,
                plan.name,
                "xpt_tiny_numbers",
                "numbers nearer zero than 5e-79 are written as 0",
                scan.tiny,
            )
        )


def _finding(dataset: str, variable: str, rule: str, message: str, found: Tally) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.WARNING,
        dataset=dataset,
        variable=variable,
        message=message,
        count=found.count,
        occurrences=found.occurrences(),
    )
