from __future__ import annotations


def test_text_over_200_bytes(make, ask):
    dataset = make("AE", {"AETERM": ["x" * 200, "x" * 201, None]})
    (finding,) = ask(dataset, "LENGTH.LIMIT", "AETERM")
    assert (finding.message, finding.count) == ("AETERM has text of more than 200 bytes", 1)
    assert ask(make("AE", {"AETERM": ["x" * 200]}), "LENGTH.LIMIT", "AETERM") == []


def test_length_is_counted_in_bytes(make, ask):
    dataset = make("AE", {"AETERM": ["α" * 101]})
    assert len(ask(dataset, "LENGTH.LIMIT", "AETERM")) == 1


def test_text_over_its_declared_length(make, ask):
    dataset = make("AE", {"AESEV": ["MILD", "MODERATE"]})
    assert ask(dataset, "LENGTH.DECLARED", "AESEV", lengths={"AESEV": 8}) == []
    (finding,) = ask(dataset, "LENGTH.DECLARED", "AESEV", lengths={"AESEV": 4})
    assert finding.message == "AESEV has text longer than its declared length"
    assert (finding.variable, finding.count) == ("AESEV", 1)


def test_names_that_xpt_cannot_hold(make, ask):
    dataset = make("AE", {"AETERM": ["a"], "AELONGNAME": ["a"], "aeterm": ["a"], "1AE": ["a"]})
    assert [f.message for f in ask(dataset, "LENGTH.NAME")] == [
        "1AE is not a name of up to 8 capital letters, digits and underscores",
        "AELONGNAME is not a name of up to 8 capital letters, digits and underscores",
        "aeterm is not a name of up to 8 capital letters, digits and underscores",
    ]
    assert ask(make("AE", {"AETERM": ["a"]}), "LENGTH.NAME") == []


def test_labels_that_xpt_cannot_hold(make, ask):
    labels = {"A": "x" * 40, "B": "x" * 41, "C": " ", "D": "α"}
    dataset = make(
        "AE", {n: ["a"] for n in labels}, meta={n: {"label": v} for n, v in labels.items()}
    )
    findings = ask(dataset, "LENGTH.LABEL")
    assert [f.variable for f in findings] == ["B", "C", "D"]
    assert findings[0].message == (
        f"label '{'x' * 41}' of B is not 1 to 40 ASCII characters (it has 41)"
    )


def test_text_that_is_not_printable_ascii(make, ask):
    dataset = make("CM", {"CMTRT": ["MSC-IFNα", "tab\there", "~ plain ~", None]})
    assert [f.message for f in ask(dataset, "TEXT.ASCII", "CMTRT")] == [
        "'MSC-IFN\\u03b1' in CMTRT has a character that is not printable ASCII",
        "'tab\\there' in CMTRT has a character that is not printable ASCII",
    ]
    assert ask(make("CM", {"CMTRT": ["~ plain ~"]}), "TEXT.ASCII", "CMTRT") == []


def test_text_with_outer_blanks_but_not_blanks_alone(make, ask):
    dataset = make("AE", {"AETERM": [" Pain", "Pain ", "Pain", "   ", None]})
    findings = ask(dataset, "TEXT.BLANKS", "AETERM")
    assert [f.message for f in findings] == [
        "' Pain' in AETERM begins or ends with a blank",
        "'Pain ' in AETERM begins or ends with a blank",
    ]
    assert findings[0].severity.value == "warning"


def test_numbers_are_not_text(make, ask):
    dataset = make("AE", {"AESEQ": [1]})
    for rule in ("TEXT.ASCII", "TEXT.BLANKS", "LENGTH.LIMIT"):
        assert ask(dataset, rule, "AESEQ") == []
