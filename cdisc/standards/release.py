"""A controlled terminology release that a user downloaded, as NCI EVS publishes it.

Three layouts of the same content: tab-delimited text (`SDTM Terminology.txt`), Excel
(`SDTM Terminology.xls`, `.xlsx`) and ODM-XML (`SDTM Terminology.odm.xml`). Each reader gives
`ReleaseRow` values; here they are checked and put together.
"""

from __future__ import annotations

import re
from pathlib import Path

from cdisc.errors import Location, SourceError
from cdisc.model import Codelist, Term
from cdisc.standards.release_rows import ReleaseRow, ReleaseRows
from cdisc.standards.terminology import Terminology

_DATE = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
_PACKAGE = re.compile(
    r"(?<![A-Za-z])(SDTM|ADaM|SEND|CDASH|Define-XML|Protocol|Glossary|DDF|MRCT|TMF|COA|QRS)"
    r"[ _-]?(?:CT(?![A-Za-z])|(?:Controlled[ _])?Terminology)",
    re.IGNORECASE,
)
_EXTENSIBLE = {"yes": True, "no": False}
_DELIMITED, _WORKBOOK, _ODM = {".txt", ".tsv", ".csv"}, {".xls", ".xlsx"}, {".xml"}


def load_terminology(
    path: str | Path, *, version: str | None = None, package: str | None = None
) -> Terminology:
    """Read a published release from a file.

    Args:
        path: the file as downloaded; its ending tells the layout (.txt, .xls, .xlsx, .xml).
        version: the release date, `2025-03-28`; needed only when the file does not state it,
            and checked against what it states.
        package: the package, `sdtmct`; likewise.

    Raises:
        SourceError: the file is unreadable, is not a terminology release, contradicts itself,
            or is another release than the one asked for.
    """
    path = Path(path)
    rows = _read(path)
    found = _state(path, rows.stated)
    release_package = _settle(path, "package", found["package"], package, "sdtmct")
    release_version = _settle(path, "release date", found["version"], version, "2025-03-28")
    return _assemble(path, rows.rows, release_package, release_version)


def _read(path: Path) -> ReleaseRows:
    # The parsers are imported here because a look-up in a packaged release needs none of them.
    ending = path.suffix.lower()
    if ending not in _DELIMITED | _WORKBOOK | _ODM:
        raise SourceError(
            "this is not a kind of file in which terminology is published",
            at=Location(file=str(path)),
            hint=f"Known endings: {', '.join(sorted(_DELIMITED | _WORKBOOK | _ODM))}",
        )
    if not path.is_file():
        raise SourceError("there is no such file", at=Location(file=str(path)))
    if ending in _ODM:
        from cdisc.standards.release_odm import read_odm

        return read_odm(path)
    from cdisc.standards.release_table import read_delimited, read_workbook

    return read_delimited(path) if ending in _DELIMITED else read_workbook(path)


def _state(path: Path, stated: tuple[str, ...]) -> dict[str, str]:
    """What the file says of itself, else what its name says; empty where neither does."""
    found = {"package": "", "version": ""}
    for text in (*stated, path.name):
        date, name = _DATE.search(text), _PACKAGE.search(text)
        found["version"] = found["version"] or (date[0] if date else "")
        found["package"] = found["package"] or (f"{name[1].lower()}ct" if name else "")
    return found


def _settle(path: Path, what: str, found: str, asked: str | None, example: str) -> str:
    if asked and found and asked.casefold() != found.casefold():
        raise SourceError(
            f"the {what} of this release is {found}, not {asked}", at=Location(file=str(path))
        )
    if not (asked or found):
        raise SourceError(
            f"neither the file nor its name says the {what} of this release",
            at=Location(file=str(path)),
            hint=f"State it, for example {example}",
        )
    return asked or found


def _assemble(path: Path, rows: list[ReleaseRow], package: str, version: str) -> Terminology:
    heads: dict[str, ReleaseRow] = {}
    codes_by_name: dict[str, str] = {}
    for row in rows:
        if row.codelist_code:
            continue
        if row.extensible.casefold() not in _EXTENSIBLE:
            raise _wrong(path, row, f"extensible is {row.extensible!r}, neither Yes nor No")
        if row.code in heads or row.value in codes_by_name:
            raise _wrong(path, row, "this codelist is listed twice")
        heads[row.code] = row
        codes_by_name[row.value] = row.code
    if not heads:
        raise SourceError("this file has no codelists", at=Location(file=str(path)))
    members = _members(path, rows, heads)

    def read(name: str) -> Codelist:
        head = heads[codes_by_name[name]]
        return Codelist(
            name=name,
            label=head.label,
            code=head.code,
            extensible=_EXTENSIBLE[head.extensible.casefold()],
            standard=f"{package}-{version}",
            terms=tuple(
                Term(value=row.value, code=row.code, decode=row.decode, synonyms=row.synonyms)
                for row in members[head.code]
            ),
        )

    return Terminology(package, version, codes_by_name, read)


def _members(
    path: Path, rows: list[ReleaseRow], heads: dict[str, ReleaseRow]
) -> dict[str, list[ReleaseRow]]:
    members: dict[str, list[ReleaseRow]] = {code: [] for code in heads}
    values: dict[str, set[str]] = {code: set() for code in heads}
    for row in rows:
        code = row.codelist_code
        if not row.code or not row.value:
            raise _wrong(path, row, "a row needs both a code and a CDISC submission value")
        if not code:
            continue
        if code not in heads:
            raise _wrong(path, row, f"the codelist {code} of this term is not in the file")
        if row.value in values[code]:
            raise _wrong(path, row, f"the term is listed twice in {heads[code].value}")
        values[code].add(row.value)
        members[code].append(row)
    return members


def _wrong(path: Path, row: ReleaseRow, message: str) -> SourceError:
    name = " ".join(part for part in (row.code, row.value) if part)
    return SourceError(
        message,
        at=Location(file=str(path), line=row.line, name=name),
        hint="Download the release again; its content is not to be edited",
    )
