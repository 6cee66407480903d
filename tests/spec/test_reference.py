"""The reference says how each algorithm is written, completely and up to date."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from cdisc.algorithms import find, library
from cdisc.errors import UsageError
from cdisc.spec.documentation import argument_lines, documentation, method_text, usage
from cdisc.spec.expressions import FUNCTIONS
from cdisc.spec.read_dataset import read_dataset
from cdisc.spec.reference import algorithm_reference, describe, listing
from cdisc.spec.yaml_nodes import parse_yaml

ROOT = Path(__file__).parents[2]


def packaged(*, of_records=None):
    """The library's own algorithms; a study's are its own business."""
    return [
        a
        for a in library().values()
        if a.function.__module__.startswith("cdisc.") and of_records in (None, bool(a.makes))
    ]


@pytest.mark.parametrize("algorithm", packaged(), ids=lambda algorithm: algorithm.name)
def test_every_algorithm_is_documented_to_the_end(algorithm):
    parts = documentation(algorithm)
    assert parts.summary.endswith(".")
    assert parts.steps
    assert "Missing" in dict(parts.policies)
    assert parts.source
    assert parts.example
    assert [a.name for a in argument_lines(algorithm) if not a.help] == []


@pytest.mark.parametrize(
    "algorithm", packaged(of_records=False), ids=lambda algorithm: algorithm.name
)
def test_what_the_reference_says_to_write_can_be_read(algorithm):
    for way in usage(algorithm).split("# or, with all its arguments\n"):
        lines = "".join(f"  {line}\n" for line in way.splitlines())
        text = f"dataset: AE\nkeys: [USUBJID]\nrows: ae\nvariables:\n{lines}"
        spec = read_dataset(parse_yaml(text, "f.yaml"), "sdtm", {"AE", "DM"})
        call = spec.variables["VARIABLE"].call
        assert call.algorithm is algorithm
        assert call.method is not None


@pytest.mark.parametrize(
    "algorithm", packaged(of_records=True), ids=lambda algorithm: algorithm.name
)
def test_what_the_reference_says_to_write_for_records_can_be_read(algorithm):
    variables = "variables: {USUBJID: {copy: USUBJID}}\n"
    text = f"dataset: PP\nkeys: [USUBJID]\n{usage(algorithm)}\n{variables}"
    spec = read_dataset(parse_yaml(text, "f.yaml"), "sdtm", {"PP", "PC"})
    assert spec.rows.derive is not None
    assert spec.rows.derive.call.algorithm is algorithm


def test_a_docstring_is_taken_apart():
    parts = documentation(find("recode"))
    assert parts.summary == "The text that a map gives for each collected code."
    assert len(parts.steps) == 2
    assert parts.steps[1].startswith("Otherwise look it up as a number")
    assert [word for word, _ in parts.policies] == ["Missing", "Unmapped"]
    assert parts.example.startswith("from `1`")


def test_the_method_shows_arguments_in_place_of_values():
    assert method_text(find("first_present")) == "First value present, in this order: <of>."
    assert method_text(find("constant")) == ""


def test_one_algorithm_is_described_for_the_terminal():
    text = describe("text_part")
    assert text.startswith("text_part\n\n  One part of a text taken apart at a separator.\n")
    assert "  VARIABLE:\n    text_part:\n      of: COLUMN\n      separator: text\n" in text
    assert "  of (column): the text.\n" in text
    assert "  part (whole number): which part; 1 is the first, -1 the last.\n" in text
    assert "Missing: stays missing" in text
    assert max(len(line) for line in text.splitlines()) <= 100


def test_defaults_and_words_are_shown():
    text = describe("join_text")
    assert "  separator (text; none unless given): " in text
    assert "  if_missing (missing or skip; missing unless given): " in text
    assert "reference (column; DM.RFSTDTC unless given)" in describe("study_day")


def test_an_unknown_algorithm_is_told_with_the_nearest(refusal):
    assert refusal(lambda: describe("recoed"), UsageError) == (
        "there is no algorithm recoed. Did you mean recode?"
    )


def test_the_listing_and_the_page_have_every_algorithm():
    lines = listing().splitlines()
    page = algorithm_reference()
    for algorithm in library().values():
        assert [line for line in lines if line.startswith(f"  {algorithm.name} ")]
        assert page.count(f"\n### {algorithm.name}\n") == 1


def test_a_table_row_of_the_page_shows_kind_default_and_help():
    assert (
        "| `if_missing` | missing or skip | missing | what a missing value does. |"
        in algorithm_reference().splitlines()
    )


def test_the_pages_in_docs_are_what_the_algorithms_say():
    # its own process, because tests may have registered algorithms in this one
    script = ROOT / "scripts" / "build_reference.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_outdated_pages_are_named(tmp_path):
    script = ROOT / "scripts" / "build_reference.py"
    spec = importlib.util.spec_from_file_location("build_reference", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.outdated(tmp_path) == [path.name for path in module.write(tmp_path)]
    assert module.outdated(tmp_path) == []
    (tmp_path / "algorithms.md").write_text("edited", encoding="utf-8")
    assert module.outdated(tmp_path) == ["algorithms.md"]


def test_every_function_of_expressions_is_on_the_page():
    page = algorithm_reference()
    assert [name for name in FUNCTIONS if f"- `{name}`: " not in page] == []
