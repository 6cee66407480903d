"""YAML is read as a person wrote it: texts stay texts, and what is treacherous is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc.errors import SpecError
from cdisc.spec.yaml_nodes import Fields, Items, Text, parse_yaml, read_yaml

REFUSED = "anchors, aliases and tags are not part of the spec language"
QUOTES = "Text that holds : # { } [ ] , or starts with * & ! % @ needs quotes"


@pytest.mark.parametrize(
    "text",
    ["NO", "no", "Yes", "on", "010", "0x1F", "1.10", "1e3", "2024-01-05", "12:30:00", ".5", "NaN"],
)
def test_a_scalar_is_its_text_and_nothing_else(text):
    value = parse_yaml(f"key: {text}", "f.yaml").fields["key"]
    assert isinstance(value, Text)
    assert value.text == text
    assert not value.is_empty


def test_keys_stay_texts_too():
    fields = parse_yaml("{1: a, 010: b, NO: c, 2024-01-05: d, ~: e}", "f.yaml").fields
    assert list(fields) == ["1", "010", "NO", "2024-01-05", "~"]


@pytest.mark.parametrize("written", ["", " ~", " null"])
def test_nothing_written_is_no_value(written):
    value = parse_yaml(f"key:{written}\n", "f.yaml").fields["key"]
    assert isinstance(value, Text)
    assert value.is_empty


@pytest.mark.parametrize(("written", "text"), [("''", ""), ("'~'", "~"), ('"null"', "null")])
def test_what_stands_in_quotes_is_text(written, text):
    value = parse_yaml(f"key: {written}\n", "f.yaml").fields["key"]
    assert isinstance(value, Text)
    assert (value.text, value.is_empty) == (text, False)


def test_every_node_knows_its_line_and_column():
    root = parse_yaml("a: x\nb:\n  - y\n  - {c: z}\n", "f.yaml")
    items = root.fields["b"]
    assert isinstance(items, Items)
    inner = items.items[1]
    assert isinstance(inner, Fields)
    assert [str(at) for at in (root.keys_at["b"], items.at, inner.keys_at["c"])] == [
        "f.yaml:2:1",
        "f.yaml:3:3",
        "f.yaml:4:6",
    ]
    assert str(inner.fields["c"].at) == "f.yaml:4:9"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a: 1\nb: 2\na: 3\n",
            "f.yaml:3:1: a is written twice. It is already at line 1; keep one of them",
        ),
        (
            "a: {b: 1, b: 2}",
            "f.yaml:1:11: b is written twice. It is already at line 1; keep one of them",
        ),
        ("a: &x 1\nb: *x\n", f"f.yaml:1:4: {REFUSED} (&x)"),
        ("a: *x\n", f"f.yaml:1:4: {REFUSED} (*x)"),
        ("a: {<<: *x}\n", f"f.yaml:1:9: {REFUSED} (*x)"),
        ("a: !x 1\n", f"f.yaml:1:4: {REFUSED} (tag !x)"),
        ("a: !!int 1\n", f"f.yaml:1:4: {REFUSED} (tag tag:yaml.org,2002:int)"),
        (
            "a: !!python/object/apply:os.system [ls]\n",
            f"f.yaml:1:4: {REFUSED} (tag tag:yaml.org,2002:python/object/apply:os.system)",
        ),
        ("a: 1\n---\nb: 2\n", "f.yaml:2:1: a file holds one document"),
        ("? [a]\n: 1\n", "f.yaml:1:3: a key must be plain text"),
        ("- a\n", "f.yaml:1:1: expected `name: value` lines at the top level"),
        ("some words\n", "f.yaml:1:1: expected `name: value` lines at the top level"),
        ("", "f.yaml: the file is empty"),
        ("# nothing\n", "f.yaml: the file is empty"),
        ("---\n", "f.yaml: the file is empty"),
        ("a: 1\nb\x07: 2\n", "f.yaml:2:2: the character U+0007 cannot stand in YAML"),
        ("a: " + "[" * 50_000, "f.yaml:1:33: lists and mappings are nested too deeply"),
        ("{a: " * 50_000, "f.yaml:1:121: lists and mappings are nested too deeply"),
    ],
)
def test_what_is_treacherous_is_refused_with_its_place(text, message, refusal):
    assert refusal(lambda: parse_yaml(text, "f.yaml")) == message


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("a:\n\tb: 1\n", "f.yaml:2:1", "Indent with spaces, not tabs"),
        ("where: A: B\n", "f.yaml:1:9", QUOTES),
        ("a: @x\n", "f.yaml:1:4", QUOTES),
        ("a: 'x\n", "f.yaml:", QUOTES),
    ],
)
def test_broken_yaml_is_told_with_the_commonest_reason(text, place, hint, refusal):
    message = refusal(lambda: parse_yaml(text, "f.yaml"))
    assert message.startswith(place)
    assert ": not valid YAML: " in message
    assert message.endswith(hint)


def test_a_file_that_is_not_utf8_or_not_there_is_refused(tmp_path, refusal):
    path = tmp_path / "a.yaml"
    assert refusal(lambda: read_yaml(path, "a.yaml")) == "a.yaml: there is no such file"
    path.write_bytes("a: 男\n".encode("gb18030"))
    assert refusal(lambda: read_yaml(path, "a.yaml")) == (
        "a.yaml: not UTF-8 text (byte 3). Save it as UTF-8"
    )


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa:\r\n  b: x\r\n")
    fields = read_yaml(path, "a.yaml").fields["a"]
    assert isinstance(fields, Fields)
    assert fields.fields["b"].at.line == 2
    assert fields.fields["b"] == Text("x", fields.fields["b"].at)


def test_an_unknown_key_is_refused_with_the_nearest(refusal):
    fields = parse_yaml("label: x\nlenght: 3\n", "f.yaml")
    assert refusal(lambda: fields.only("label", "length")) == (
        "f.yaml:2:1: lenght is not known here. Did you mean length?"
    )
    assert refusal(lambda: fields.only("label", "x")) == (
        "f.yaml:2:1: lenght is not known here. Known are label, x"
    )


PIECES = st.sampled_from(
    [
        *"ab:{}[]'\"|>#?%@~\t\n男\x85\u2028\\",
        ": ",
        "- ",
        "  ",
        ", ",
        "&x",
        "*x",
        "!t ",
        "---\n",
        "...\n",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=40))
def test_any_text_is_read_or_refused_with_the_file(text):
    try:
        root = parse_yaml(text, "f.yaml")
    except SpecError as error:
        if error.at.file != "f.yaml":
            pytest.fail(f"refused at {error.at}")
    else:
        assert isinstance(root, Fields)
