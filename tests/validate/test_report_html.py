from __future__ import annotations

import base64
import hashlib
import random
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime

import pytest
from lxml import html

from cdisc.errors import Location
from cdisc.model import Dataset, Finding, Occurrence, Severity, Standard, StudyInfo
from cdisc.validate import Gate, Waiver, report_html
from cdisc.validate.report_findings import MAX_FINDINGS, MAX_RECORDS

STUDY = StudyInfo(
    study_id="S-1",
    name="Study & <b>one</b>",
    description="About",
    protocol="P-1",
    created=datetime(2026, 6, 1),
    standards=(Standard("SDTMIG", "IG", "3.4"),),
)
OUTCOME = Finding(
    rule="CT.TERM",
    severity=Severity.ERROR,
    message="'Recovered ' is not in codelist OUT",
    dataset="AE",
    variable="AEOUT",
    value="Recovered ",
    hint="Did you mean RECOVERED/RESOLVED?",
    at=Location("mappings/sdtm/ae.yaml", 31, 3, "AE.AEOUT"),
    count=2,
    occurrences=(
        Occurrence("data/raw/ae.csv", 118, "S-1-001", (("USUBJID", "S-1-001"), ("AESEQ", "7"))),
        Occurrence("data/raw/ae.csv", 120, "S-1-002", (("USUBJID", "S-1-002"), ("AESEQ", "9"))),
    ),
)
HOSTILE = Finding(
    rule="TEXT.ASCII",
    severity=Severity.ERROR,
    message='</script><script>alert("x")</script> & <img src="http://example.org/x">',
    dataset="DM",
    variable='<i onclick="x()">',
    value="\x00",
    hint="</details></table><h1>no</h1>",
    occurrences=(
        Occurrence(
            "</td>.csv", 3, "<u>", (("\x01KEY", "'\"><script>1</script>"), ("SEX", "\u202eM\x00"))
        ),
    ),
)
ABSENT = Finding(
    rule="STRUCTURE.EXPECTED",
    severity=Severity.WARNING,
    message="expected variable AEBODSYS is not in AE",
    dataset="AE",
)
NOTE = Finding(rule="unit.unknown", severity=Severity.INFO, message="a note of the study")
ALL = [OUTCOME, HOSTILE, ABSENT, NOTE]
WAIVER = Waiver(
    rule="CT.TERM",
    reason="as <collected>",
    author="Data management",
    expires=date(2026, 12, 31),
)


@pytest.fixture
def datasets(make: Callable[..., Dataset]) -> dict[str, Dataset]:
    return {
        "DM": make("DM", {"USUBJID": ["S-1-001"], "SEX": ["M"]}),
        "AE": make("AE", {"USUBJID": ["S-1-001"] * 3}),
        "VS": make("VS", {"USUBJID": ["S-1-001"]}),
    }


@pytest.fixture
def report(datasets: dict[str, Dataset]) -> Callable[..., bytes]:
    def made(findings: Sequence[Finding], *waivers: Waiver, **options: object) -> bytes:
        baseline = options.pop("baseline", None)
        gate = Gate(waivers=waivers)
        verdict = gate.judge(findings, as_of=date(2026, 6, 1), baseline=baseline)
        return report_html(findings, verdict=verdict, study=STUDY, datasets=datasets, **options)

    return made


def parsed(content: bytes) -> html.HtmlElement:
    return html.document_fromstring(content.decode("utf-8"))


def text_of(part: html.HtmlElement) -> str:
    return " ".join(part.text_content().split())


def bodies(root: html.HtmlElement, section: str) -> list[html.HtmlElement]:
    return root.xpath("//section[@id=$id]//tbody[@class='finding']", id=section)


def dataset_rows(root: html.HtmlElement) -> dict[str, list[str]]:
    rows = root.xpath("//section[@id='datasets']//tbody/tr")
    cells = [[text_of(cell) for cell in row.xpath("td")] for row in rows]
    return {row[0]: row[1:] for row in cells}


def test_every_finding_is_said_with_its_rule_hint_count_and_raw_rows(report) -> None:
    root = parsed(report(ALL))
    found = bodies(root, "dataset-AE")
    assert [body.get("data-severity") for body in found] == ["error", "warning"]
    said = text_of(found[0])
    for words in (
        "CT.TERM",
        "AEOUT",
        "'Recovered ' is not in codelist OUT",
        "Did you mean RECOVERED/RESOLVED?",
        "Asked for in mappings/sdtm/ae.yaml:31",
        "data/raw/ae.csv",
        "rows 118, 120",
        "2 records",
    ):
        assert words in said
    assert [text_of(row) for row in found[0].xpath(".//table[@class='records']/tbody/tr")] == [
        "S-1-001AESEQ 7data/raw/ae.csv118",
        "S-1-002AESEQ 9data/raw/ae.csv120",
    ]
    assert text_of(bodies(root, "study")[0]).startswith("Info")
    assert "a note of the study" in text_of(bodies(root, "study")[0])


def test_a_rule_is_described_where_it_stands_and_below(report) -> None:
    root = parsed(report(ALL))
    (link,) = root.xpath("//a[@href='#rule-CT.TERM']")
    assert link.get("title").startswith("Value is not in its codelist. A variable with a codelist")
    (row,) = root.xpath("//tr[@id='rule-CT.TERM']")
    assert "SDTMIG 3.4, section 4.3" in text_of(row)
    assert root.xpath("//tr[@id='rule-unit.unknown']") == []


def test_the_worst_datasets_come_first_and_links_lead_somewhere_once(report) -> None:
    root = parsed(report(ALL, WAIVER))
    sections = root.xpath("//section[@class='dataset']/@id")
    assert sections == ["dataset-DM", "dataset-AE", "study", "waived"]
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    targets = root.xpath("//a/@href")
    assert targets
    assert {target.removeprefix("#") for target in targets} <= set(ids)


def test_values_stay_values(report) -> None:
    content = report([HOSTILE], Waiver(**{**_fields(WAIVER), "rule": "NONE", "author": "<s>"}))
    root = parsed(content)
    assert len(root.xpath("//script")) == 1
    assert root.xpath("//img | //u | //i | //s") == []
    assert len(root.xpath("//h1")) == 1
    assert root.xpath("//@onclick | //@style") == []
    (body,) = bodies(root, "dataset-DM")
    said = text_of(body)
    for words in (HOSTILE.message, HOSTILE.variable, HOSTILE.hint, "</td>.csv", "<u>"):
        assert words in said
    # what cannot be seen, and would turn or end a line, is spelled out
    assert "\\x01KEY '\"><script>1</script>, SEX \\u202eM\\x00" in said
    assert "\u202e" not in content.decode("utf-8")
    assert root.xpath("string(//h1)") == STUDY.name


def _fields(waiver: Waiver) -> dict[str, object]:
    return {"rule": waiver.rule, "reason": "r", "author": "a", "expires": waiver.expires}


def test_counts_agree_with_the_findings(report) -> None:
    root = parsed(report(ALL, definitions={"AE": "sdtm/define.html#IG.AE"}))
    assert dataset_rows(root) == {
        "DM": ["DM", "1", "2", "1", "–", "–", ""],
        "AE": ["AE", "3", "1", "1", "1", "–", "define.html"],
        "VS": ["VS", "1", "1", "–", "–", "–", ""],
        "Study": ["", "", "", "–", "–", "1", ""],
    }
    tiles = [text_of(tile) for tile in root.xpath("//div[@class='tiles']/div")]
    assert tiles == ["2 errors3 records", "1 warning1 record", "1 info1 record"]
    assert set(root.xpath("//a[text()='define.html']/@href")) == {"sdtm/define.html#IG.AE"}
    assert len(root.xpath("//tbody[@class='finding']")) == len(ALL)


def test_a_closed_gate_says_why(report) -> None:
    root = parsed(report(ALL))
    (gate,) = root.xpath("//section[@id='gate']")
    assert gate.get("class") == "gate closed"
    assert "3 records with error findings (2 findings), 0 allowed" in text_of(gate)


def test_an_open_gate_and_no_findings(report) -> None:
    root = parsed(report([]))
    (gate,) = root.xpath("//section[@id='gate']")
    assert gate.get("class") == "gate open"
    assert "Nothing was found." in text_of(gate)
    assert root.xpath("//*[@id='filter'] | //tbody[@class='finding']") == []
    assert list(dataset_rows(root)) == ["DM", "AE", "VS"]


def test_waived_findings_stand_apart_and_are_not_counted(report) -> None:
    root = parsed(report(ALL, WAIVER))
    (body,) = bodies(root, "waived")
    for words in (
        "CT.TERM",
        OUTCOME.message,
        "as <collected>",
        "Data management, until 2026-12-31",
    ):
        assert words in text_of(body)
    assert [text_of(b.xpath(".//td")[1]) for b in bodies(root, "dataset-AE")] == [ABSENT.rule]
    assert dataset_rows(root)["AE"] == ["AE", "3", "1", "–", "1", "–", "1"]
    tiles = [text_of(tile) for tile in root.xpath("//div[@class='tiles']/div")]
    assert tiles[0] == "1 error1 record"
    assert tiles[-1] == "1 waived2 records"


def test_what_the_baseline_does_not_have_is_marked(report) -> None:
    root = parsed(report(ALL, baseline=[OUTCOME, ABSENT, NOTE]))
    new = root.xpath("//tbody[@class='finding'][@data-new='yes']")
    assert [body.get("data-dataset") for body in new] == ["DM"]
    assert new[0].xpath(".//span[@class='badge new']")
    assert root.xpath("//input[@id='filter-new']")
    without = parsed(report(ALL))
    assert without.xpath("//*[@data-new='yes'] | //input[@id='filter-new']") == []


def test_nothing_is_loaded_from_elsewhere_and_only_our_code_runs(report) -> None:
    content = report(ALL, WAIVER, definitions={"AE": "sdtm/define.html#IG.AE"})
    root = parsed(content)
    addresses = root.xpath("//@src | //@href | //@action | //@data | //@srcset")
    assert all(re.match(r"#|sdtm/define\.html#", address) for address in addresses)
    assert root.xpath("//link | //img | //iframe | //object | //form") == []
    (script,), (style,) = root.xpath("//script"), root.xpath("//style")
    assert "url(" not in style.text
    assert "@import" not in style.text
    (policy,) = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none';")
    for kind, code in (("script", script.text), ("style", style.text)):
        digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_without_a_script_everything_is_shown(report) -> None:
    root = parsed(report(ALL))
    assert [part.get("id") for part in root.xpath("//*[@hidden]")] == ["filter"]


def test_the_filter_names_what_there_is(report) -> None:
    root = parsed(report([OUTCOME, NOTE]))
    assert root.xpath("//*[@id='filter']//input/@value") == ["error", "info"]
    assert root.xpath("//select[@id='filter-dataset']/option/@value") == ["", "=", "=AE"]


def test_records_are_capped_and_the_rest_counted(report) -> None:
    many = tuple(Occurrence("ae.csv", row, f"S-{row:04}") for row in range(1, 301))
    finding = Finding(
        rule="X", severity=Severity.ERROR, message="m", dataset="AE", count=1301, occurrences=many
    )
    (body,) = bodies(parsed(report([finding])), "dataset-AE")
    assert len(body.xpath(".//table[@class='records']/tbody/tr")) == MAX_RECORDS
    assert f"{1301 - MAX_RECORDS:,} more in findings.json" in text_of(body)
    assert "rows 1, 2, 3" in text_of(body)
    assert "1,301" in text_of(body)


def test_a_flood_of_one_rule_hides_no_other_and_keeps_the_page_small(report) -> None:
    flood = [
        Finding(rule="FLOOD", severity=Severity.ERROR, message=f"value {n}", dataset="AE")
        for n in range(5_000)
    ]
    long = Finding(rule="LONG", severity=Severity.INFO, message="x" * 100_000, dataset="AE")
    content = report([*flood, long])
    root = parsed(content)
    found = bodies(root, "dataset-AE")
    assert len(found) == MAX_FINDINGS + 1
    assert found[-1].get("data-severity") == "info"
    (left,) = root.xpath("//tbody[@class='left-out']")
    assert text_of(left) == "4,950 more findings of FLOOD in AE: findings.json"
    assert dataset_rows(root)["AE"][3] == "5,000"
    assert len(content) < 100_000


def test_the_same_findings_in_any_order_give_the_same_bytes(report) -> None:
    shuffled = random.Random(7).sample(ALL, len(ALL))
    assert report(ALL, WAIVER) == report(shuffled, WAIVER)
    assert report(ALL, baseline=[NOTE, ABSENT]) == report(shuffled, baseline=[ABSENT, NOTE])


def test_findings_of_a_dataset_that_was_not_made(report) -> None:
    finding = Finding(rule="rows.tie", severity=Severity.ERROR, message="m", dataset="Q <S>")
    root = parsed(report([finding]))
    assert dataset_rows(root)["Q <S>"] == ["", "", "", "1", "–", "–"]
    assert len(bodies(root, "dataset-Q__S_")) == 1


def test_raw_sources_are_not_listed_among_datasets(report) -> None:
    source = Finding(rule="source.code", severity=Severity.ERROR, message="m", dataset="resp")
    root = parsed(report([OUTCOME, source]))
    lists = [
        [link.text for link in names.iterfind("li/a/b")]
        for names in root.xpath("//nav/ul[@class='names']")
    ]
    assert lists == [["AE"], ["resp"]]
    assert root.xpath("string(//nav/p[@class='kicker'])") == "Raw sources"
    assert dataset_rows(root)["resp"][0] == "Raw source"
    assert not parsed(report([OUTCOME])).xpath("//nav/p[@class='kicker']")
