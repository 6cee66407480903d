"""Arguments that several algorithms share: described once, written as each one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc.algorithms import find
from cdisc.algorithms.registry import Algorithm
from cdisc.build import build, read_inputs
from cdisc.errors import SpecError
from cdisc.spec import read_study
from cdisc.spec.documentation import argument_lines, usage
from cdisc.spec.schema_arguments import algorithm_schema

STUDY = """\
study: {id: ABC}
created: 2025-01-01T00:00:00
standards: {sdtm: SDTMIG 3.4, terminology: sdtmct 2025-03-28}
algorithms: [own.py]
data: {raw: raw}
sources:
  dm: {file: dm.csv}
"""
OWN = '''\
from dataclasses import dataclass

from cdisc.algorithms import algorithm
from cdisc.algorithms.arguments import Column, Condition, Result, Shared, default


@dataclass(frozen=True)
class Words:
    """The words around a text.

    Args:
        of: the text.
        before: what stands before it.
        where_: which records have a word.
        after: what stands after it.
    """

    of: Column
    before: str
    where_: Condition | None = None
    after: Column = default("AFTER")


@algorithm(main="of", method="{before} {of} {after}, {separator}.")
def wrapped(words: Shared[Words], separator: str = "-") -> Result:
    """The text between two words.

    Args:
        separator: what stands between.
    """
    parts = [words.before + separator, words.of, separator, words.after]
    found = parts[0] + parts[1] + parts[2] + parts[3]
    return Result(found if words.where_ is None else found.where(words.where_, words.of))


@algorithm(main="of", method="{of} as it is.")
def unwrapped(words: Shared[Words]) -> Result:
    """The text without its words."""
    return Result(words.of)
'''
SPEC = """\
dataset: DM
keys: [STUDYID, USUBJID]
rows: dm
variables:
  USUBJID: {copy: ID}
  SUBJID: {wrapped: ARGUMENTS}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "mappings" / "sdtm").mkdir(parents=True)
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "dm.csv").write_text("ID,AFTER,END\na,x,p\nb,y,q\n", encoding="utf-8")
    (tmp_path / "own.py").write_text(OWN, encoding="utf-8")
    return tmp_path


def written(home: Path, arguments: str) -> tuple[list[str], str | None]:
    """The texts that the algorithm gives, and its method."""
    spec = SPEC.replace("ARGUMENTS", arguments)
    (home / "mappings" / "sdtm" / "dm.yaml").write_text(spec, encoding="utf-8")
    study = read_study(home)
    dm = build(study, read_inputs(study)).datasets["DM"]
    return dm.frame["SUBJID"].tolist(), dm.variable("SUBJID").method


@pytest.fixture
def wrapped(home: Path) -> Algorithm:
    (home / "mappings" / "sdtm" / "dm.yaml").write_text(
        SPEC.replace("ARGUMENTS", "{of: ID, before: w}"), encoding="utf-8"
    )
    read_study(home)
    return find("wrapped")


def test_a_spec_writes_them_beside_the_algorithm_s_own(home: Path) -> None:
    assert written(home, "{of: ID, before: w, separator: +, after: END}") == (
        ["w+a+p", "w+b+q"],
        "w ID END, +.",
    )


def test_what_a_spec_leaves_out_is_the_default_that_they_state(home: Path) -> None:
    assert written(home, "{of: ID, before: w}")[0] == ["w-a-x", "w-b-y"]


def test_a_word_of_python_loses_its_underscore(home: Path) -> None:
    assert written(home, '{of: ID, before: w, where: ID == "b"}')[0] == ["a", "w-b-y"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            "{of: ID}",
            (
                "mappings/sdtm/dm.yaml:6:3 SUBJID: wrapped needs before. It takes of, before, "
                "[where], [after], [separator]; see `cdisc algorithms wrapped`"
            ),
        ),
        (
            "{of: ID, befor: w}",
            (
                "mappings/sdtm/dm.yaml:6:30 SUBJID: wrapped has no argument befor. "
                "Did you mean before?"
            ),
        ),
        (
            "{words: {of: ID, before: w}}",
            (
                "mappings/sdtm/dm.yaml:6:22 SUBJID: wrapped has no argument words. It takes of, "
                "before, [where], [after], [separator]; see `cdisc algorithms wrapped`"
            ),
        ),
    ],
)
def test_a_slip_is_told_as_for_any_argument(home: Path, arguments: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        written(home, arguments)
    assert str(caught.value) == message


def test_the_pages_show_them_in_their_place(wrapped: Algorithm) -> None:
    lines = [(line.name, line.default, line.help) for line in argument_lines(wrapped)]
    assert lines == [
        ("of", "", "the text."),
        ("before", "", "what stands before it."),
        ("where", "none", "which records have a word."),
        ("after", "AFTER", "what stands after it."),
        ("separator", "-", "what stands between."),
    ]
    assert "    before: text\n" in usage(wrapped)


def test_the_schema_knows_them(wrapped: Algorithm) -> None:
    schema = algorithm_schema(wrapped)
    assert list(schema["properties"]) == ["of", "before", "where", "after", "separator"]
    assert schema["required"] == ["of", "before"]
    assert schema["properties"]["after"]["description"] == "What stands after it."


def test_they_are_the_same_for_all_who_share_them(wrapped: Algorithm) -> None:
    assert find("unwrapped").parameters == wrapped.parameters[:4]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "def unwrapped(words: Shared[Words])",
            "def unwrapped(words: Shared[Words], after: str)",
            (
                "own.py:36 unwrapped: the argument after stands twice. Leave it to Shared[Words], "
                "or give it another name"
            ),
        ),
        (
            "def unwrapped(words: Shared[Words])",
            "def unwrapped(words: Shared[str])",
            (
                "own.py:36 unwrapped: words shares the arguments of str, which is no dataclass. "
                "Write a frozen dataclass with a field for each argument"
            ),
        ),
    ],
)
def test_what_cannot_be_shared_is_told_with_its_line(
    home: Path, old: str, new: str, message: str
) -> None:
    (home / "own.py").write_text(OWN.replace(old, new), encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        read_study(home)
    assert str(caught.value) == message
