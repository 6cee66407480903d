"""A downloaded release loads from every published layout, and a damaged one says where."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from cdisc.errors import SourceError
from cdisc.model import Term
from cdisc.standards import Terminology, load_terminology

TEXT_NAME = "SDTM Terminology 2024-01-31.txt"


@pytest.fixture(params=["text", "workbook", "odm"])
def loaded(request: pytest.FixtureRequest, published: SimpleNamespace, tmp_path: Path):
    ending = {"text": "txt", "workbook": "xlsx", "odm": "xml"}[request.param]
    path = tmp_path / f"SDTM Terminology 2024-01-31.{ending}"
    return load_terminology(getattr(published, request.param)(path))


def test_every_layout_gives_the_same_release(loaded: Terminology) -> None:
    assert loaded.standard == "sdtmct-2024-01-31"
    assert loaded.names == ("MOOD", "WTHR")
    mood = loaded.codelist("MOOD")
    assert mood is not None
    assert mood is loaded.codelist("C9001")
    assert (mood.code, mood.label, mood.extensible) == ("C9001", "Mood of Day", False)
    assert mood.standard == "sdtmct-2024-01-31"
    assert mood.terms == (
        Term(value="GOOD", code="C9002", decode="Good Day", synonyms=("Fine", "Nice Day")),
        Term(value="BAD & SAD", code="C9003", decode="Bad Day"),
    )
    weather = loaded.codelist("WTHR")
    assert weather is not None
    assert weather.extensible is True
    assert [term.value for term in weather.terms] == ["RAIN", "10"]


def test_release_is_stated_by_the_file_before_its_name(
    published: SimpleNamespace, tmp_path: Path
) -> None:
    odm = published.odm(tmp_path / "download.xml", release="SEND 2023-06-30")
    assert load_terminology(odm).standard == "sendct-2023-06-30"
    workbook = published.workbook(
        tmp_path / "download.xlsx", sheets=["ADaM Terminology 2023-06-30"]
    )
    assert load_terminology(workbook).standard == "adamct-2023-06-30"
    rows = [(*row, "Define-XML CT 2023-12-15") for row in published.rows]
    header = (*published.header, "Standard and Date")
    text = published.text(tmp_path / "SDTM Terminology 2024-01-31.txt", rows, header)
    assert load_terminology(text).standard == "define-xmlct-2023-12-15"


@pytest.mark.parametrize(
    ("name", "standard"),
    [
        ("SDTM Terminology 2024-01-31.txt", "sdtmct-2024-01-31"),
        ("SDTM_CT_2024-01-31.txt", "sdtmct-2024-01-31"),
        ("CDISC SDTM Controlled Terminology, 2024-01-31.txt", "sdtmct-2024-01-31"),
        ("sdtmct-2024-01-31.txt", "sdtmct-2024-01-31"),
        ("define-xmlct-2024-01-31.txt", "define-xmlct-2024-01-31"),
        ("Define-XML Terminology 2024-01-31.tsv", "define-xmlct-2024-01-31"),
    ],
)
def test_release_is_told_by_the_file_name(
    published: SimpleNamespace, tmp_path: Path, name: str, standard: str
) -> None:
    assert load_terminology(published.text(tmp_path / name)).standard == standard


def test_release_may_be_given_when_nothing_states_it(
    published: SimpleNamespace, tmp_path: Path
) -> None:
    undated = published.text(tmp_path / "SDTM Terminology.txt")
    assert load_terminology(undated, version="2024-01-31").standard == "sdtmct-2024-01-31"
    with pytest.raises(SourceError, match="neither the file nor its name says the release date"):
        load_terminology(undated)
    unnamed = published.text(tmp_path / "Controlled Terminology.txt")
    loaded = load_terminology(unnamed, version="2024-01-31", package="sdtmct")
    assert loaded.standard == "sdtmct-2024-01-31"
    with pytest.raises(SourceError, match="says the package of this release"):
        load_terminology(unnamed, version="2024-01-31")


def test_another_release_than_the_one_asked_for_is_refused(
    published: SimpleNamespace, tmp_path: Path
) -> None:
    path = published.text(tmp_path / TEXT_NAME)
    assert load_terminology(path, version="2024-01-31").version == "2024-01-31"
    with pytest.raises(SourceError, match="the release date of this release is 2024-01-31, not"):
        load_terminology(path, version="2024-03-29")
    with pytest.raises(SourceError, match="the package of this release is sdtmct, not adamct"):
        load_terminology(path, package="adamct")


def test_order_of_columns_and_rows_does_not_matter(
    published: SimpleNamespace, tmp_path: Path
) -> None:
    rows = [tuple(reversed(row)) for row in reversed(published.rows)]
    path = published.text(tmp_path / TEXT_NAME, rows, tuple(reversed(published.header)))
    loaded = load_terminology(path)
    assert loaded.names == ("MOOD", "WTHR")
    assert set(loaded.codelist("MOOD").by_value) == {"GOOD", "BAD & SAD"}  # type: ignore[union-attr]


def test_comma_separated_text_and_fields_quoted_by_a_spreadsheet(
    published: SimpleNamespace, tmp_path: Path
) -> None:
    table = [published.header, *published.rows]
    csv = tmp_path / "SDTM_CT_2024-01-31.csv"
    csv.write_text(
        "\n".join(",".join(f'"{cell}"' for cell in row) for row in table), encoding="utf-8-sig"
    )
    text = tmp_path / TEXT_NAME
    text.write_bytes("\r\n".join("\t".join(f'"{c}"' for c in row) for row in table).encode())
    for path in (csv, text):
        good = load_terminology(path).codelist("MOOD").by_value["GOOD"]  # type: ignore[union-attr]
        assert good.synonyms == ("Fine", "Nice Day")


def test_windows_1252_text_is_read(published: SimpleNamespace, tmp_path: Path) -> None:
    rows = [*published.rows, ("C9013", "C9010", "", "Weather", "SÃO", "", "", "Degree °")]
    path = tmp_path / TEXT_NAME
    lines = ["\t".join(row) for row in (published.header, *rows)]
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    weather = load_terminology(path).codelist("WTHR")
    assert weather is not None
    assert weather.by_value["SÃO"].decode == "Degree °"


def damaged(published: SimpleNamespace, line: int, column: str, value: str) -> list[list[str]]:
    rows = [list(row) for row in published.rows]
    rows[line - 2][published.header.index(column)] = value
    return rows


@pytest.mark.parametrize(
    ("line", "column", "value", "message"),
    [
        (2, "Codelist Extensible (Yes/No)", "Maybe", "extensible is 'Maybe', neither Yes nor No"),
        (3, "Codelist Code", "C777", "the codelist C777 of this term is not in the file"),
        (4, "CDISC Submission Value", "GOOD", "the term is listed twice in MOOD"),
        (3, "CDISC Submission Value", "", "a row needs both a code and a CDISC submission value"),
        (4, "Code", "", "a row needs both a code and a CDISC submission value"),
        (5, "Code", "C9001", "this codelist is listed twice"),
        (5, "CDISC Submission Value", "MOOD", "this codelist is listed twice"),
    ],
)
@pytest.mark.parametrize("layout", ["text", "workbook"])
def test_damaged_rows_are_located(
    published: SimpleNamespace,
    tmp_path: Path,
    layout: str,
    line: int,
    column: str,
    value: str,
    message: str,
) -> None:
    ending = {"text": "txt", "workbook": "xlsx"}[layout]
    path = tmp_path / f"SDTM Terminology 2024-01-31.{ending}"
    getattr(published, layout)(path, damaged(published, line, column, value))
    with pytest.raises(SourceError) as error:
        load_terminology(path)
    assert error.value.message == message
    assert (error.value.at.file, error.value.at.line) == (str(path), line)
    assert error.value.exit_code == 3


def test_missing_column_is_named_with_the_nearest(
    published: SimpleNamespace, tmp_path: Path
) -> None:
    header = [
        name.replace("CDISC Submission Value", "Submission Value") for name in published.header
    ]
    path = published.text(tmp_path / TEXT_NAME, header=header)
    with pytest.raises(SourceError) as error:
        load_terminology(path)
    assert error.value.message == (
        "the column 'CDISC Submission Value' of a published terminology release is missing"
    )
    assert error.value.hint == "Did you mean Submission Value?"
    assert error.value.at.line == 1


def test_line_cut_off_is_located(published: SimpleNamespace, tmp_path: Path) -> None:
    path = published.text(tmp_path / TEXT_NAME)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SourceError) as error:
        load_terminology(path)
    assert error.value.message == "the line has 7 fields of the 8 that the header names"
    assert error.value.at.line == 7


def test_files_that_are_no_release(published: SimpleNamespace, tmp_path: Path) -> None:
    for name, content, message in [
        ("sdtmct-2024-01-31.pdf", b"%PDF", "not a kind of file in which terminology is published"),
        ("sdtmct-2024-01-31.txt", b"", "the column 'Code' of a published terminology release"),
        ("sdtmct-2024-01-31.tsv", b"\x81\x8d\xff", "neither UTF-8 nor Windows-1252"),
        ("sdtmct-2024-01-31.csv", b'"Code,x', "not comma-separated text"),
        ("sdtmct-2024-01-31.xlsx", b"PK no", "the workbook cannot be read"),
        ("sdtmct-2024-01-31.xls", b"no", "the workbook cannot be read"),
    ]:
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(SourceError, match=message):
            load_terminology(path)
    with pytest.raises(SourceError, match="there is no such file"):
        load_terminology(tmp_path / "absent.txt")
    only_header = published.text(tmp_path / TEXT_NAME, rows=[])
    with pytest.raises(SourceError, match="this file has no codelists"):
        load_terminology(only_header)


def test_workbook_needs_exactly_one_sheet_of_terms(
    published: SimpleNamespace, tmp_path: Path
) -> None:
    none = published.workbook(tmp_path / "sdtmct-2024-01-31.xlsx", sheets=["ReadMe"])
    with pytest.raises(SourceError, match="those that have: none"):
        load_terminology(none)
    two = published.workbook(tmp_path / "sdtmct-2024-01-30.xlsx", sheets=["One", "Two"])
    with pytest.raises(SourceError, match="those that have: One, Two"):
        load_terminology(two)


def test_odm_that_is_not_terminology_is_refused(published: SimpleNamespace, tmp_path: Path) -> None:
    path = tmp_path / "sdtmct-2024-01-31.xml"
    good = published.odm(path).read_text(encoding="utf-8")
    for content, message, line in [
        (good.replace("<nciodm:CDISCSubmissionValue>MOOD</nciodm:CDISCSubmissionValue>", ""),
         "the CodeList has no nciodm:ExtCodeID or no nciodm:CDISCSubmissionValue", 4),
        (good[:-30], "the XML is not well-formed", 12),
        ("<html/>", "the XML is not ODM", 1),
        ("", "the XML is not well-formed", None),
        (good.replace('CodedValue="GOOD"', 'CodedValue=""'),
         "a row needs both a code and a CDISC submission value", 5),
    ]:  # fmt: skip
        path.write_text(content, encoding="utf-8", newline="\n")
        with pytest.raises(SourceError) as error:
            load_terminology(path)
        assert error.value.message.startswith(message)
        if line is not None:
            assert error.value.at.line == line


def test_odm_with_a_doctype_is_refused_and_reads_no_other_file(
    published: SimpleNamespace, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET", encoding="utf-8")
    path = published.odm(
        tmp_path / "sdtmct-2024-01-31.xml",
        doctype=f'<!DOCTYPE ODM [<!ENTITY x SYSTEM "{secret.as_uri()}">]>\n',
    )
    path.write_text(
        path.read_text(encoding="utf-8").replace("Good Day", "&x;"), encoding="utf-8", newline="\n"
    )
    with pytest.raises(SourceError, match="has a DOCTYPE"):
        load_terminology(path)


def test_entity_bomb_is_refused_before_it_grows(published: SimpleNamespace, tmp_path: Path) -> None:
    entities = '<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {name} "{f"&{previous};" * 10}">'
        for previous, name in zip("abcdefghi", "bcdefghij", strict=True)
    )
    path = published.odm(
        tmp_path / "sdtmct-2024-01-31.xml", doctype=f"<!DOCTYPE ODM [{entities}]>\n"
    )
    content = path.read_text(encoding="utf-8").replace("ODMVersion=", 'Granularity="&j;" x=')
    path.write_text(content, encoding="utf-8", newline="\n")
    with pytest.raises(SourceError):
        load_terminology(path)
