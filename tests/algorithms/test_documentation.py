"""Every algorithm says what it does, in the same places, and can say what it did."""

import ast
import re
from pathlib import Path

import pytest

import cdisc.algorithms
from cdisc.algorithms import find, library
from cdisc.algorithms.registry import Algorithm
from cdisc.errors import UsageError

LIBRARY = library()
SOURCES = sorted(Path(cdisc.algorithms.__file__).parent.rglob("*.py"))


def example_texts(algorithm: Algorithm) -> dict[str, str]:
    return {p.name: f"<{p.name}>" for p in algorithm.parameters if p.kind != "RowCount"}


def bare_texts(algorithm: Algorithm) -> dict[str, str]:
    """The arguments of a spec that writes only what it must."""
    return {
        p.name: f"<{p.name}>" if p.required else str(p.default or "")
        for p in algorithm.parameters
        if p.kind != "RowCount"
    }


@pytest.fixture(params=sorted(LIBRARY))
def algorithm(request):
    return LIBRARY[request.param]


def test_summary_is_one_sentence(algorithm):
    assert re.fullmatch(r"[A-Z].{10,98}\.", algorithm.summary)


def test_steps_are_numbered_from_one(algorithm):
    numbers = [int(n) for n in re.findall(r"^(\d+)\. ", algorithm.doc, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers


@pytest.mark.parametrize("heading", ["Missing", "Source", "Example"])
def test_policy_source_and_example_are_stated(algorithm, heading):
    assert re.search(rf"^{heading}: \S.{{10,}}", algorithm.doc, re.MULTILINE)


def test_every_argument_is_explained(algorithm):
    unexplained = [p.name for p in algorithm.parameters if not p.help]
    assert unexplained == []


def test_fields_of_groups_are_explained(algorithm):
    fields = [field for p in algorithm.parameters for field in p.fields]
    assert [field.name for field in fields if not field.help] == []


def test_main_argument_exists(algorithm):
    assert algorithm.parameter(algorithm.main) is not None


def test_derived_values_have_a_method_and_it_names_what_it_reads(algorithm):
    if algorithm.method is None:
        assert algorithm.origin in ("Assigned", "Collected")
        return
    text = algorithm.method(example_texts(algorithm))
    assert f"<{algorithm.main}>" in text
    required = {"Column", "Columns", "Expression", "Records", "RecordsList", "Table"}
    unnamed = [
        p.name
        for p in algorithm.parameters
        if p.kind in required and p.required and f"<{p.name}>" not in text
    ]
    assert unnamed == []


@pytest.mark.parametrize("texts_of", [example_texts, bare_texts])
def test_method_is_a_sentence_whatever_is_left_out(algorithm, texts_of):
    if algorithm.method is None:
        return
    text = algorithm.method(texts_of(algorithm))
    assert text == text.strip()
    assert "  " not in text
    assert "None" not in text
    assert "{" not in text
    assert text.endswith((".", ">"))


def rules_in(source: Path) -> set[str]:
    """The rules of the issues that a module raises, as far as they are written out."""
    calls = [node for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.Call)]
    named = [call for call in calls if getattr(call.func, "id", "") in ("Issue", "issue")]
    first = [call.args[0] for call in named if call.args]
    return {str(arg.value) for arg in first if isinstance(arg, ast.Constant)}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_a_finding_names_the_algorithm_whose_page_explains_it(source):
    assert {rule for rule in rules_in(source) if rule.partition(".")[0] not in LIBRARY} == set()


def test_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(UsageError, match="Did you mean iso8601"):
        find("iso8610")
