"""The page on sensitivity: its example is one that the reader takes, for the reference study."""

import re
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
import yaml

from cdisc.spec import read_study
from cdisc.spec.schema_sensitivity import sensitivity_schema
from cdisc.spec.sensitivity import FILE, read_sensitivity

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "sensitivity.md").read_text(encoding="utf-8")

(BLOCK,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.M | re.S)
SCHEMA = jsonschema.Draft202012Validator(sensitivity_schema())


@pytest.mark.parametrize("text", [BLOCK, (ROOT / FILE).read_text(encoding="utf-8")])
def test_the_schema_takes_what_the_reader_takes(text):
    SCHEMA.check_schema(SCHEMA.schema)
    assert list(SCHEMA.iter_errors(yaml.safe_load(text))) == []
    for old, new in (
        ("value: 35", "valu: 35"),
        ("argument: confirm_days", "arguments: confirm_days"),
        ("compare:", "compares:"),
        ("parameters:", "variables: [A]\n        parameters:"),
    ):
        assert old in text
        assert list(SCHEMA.iter_errors(yaml.safe_load(text.replace(old, new, 1))))


def test_the_example_is_one_that_the_study_could_have(tmp_path):
    path = tmp_path / FILE
    path.parent.mkdir()
    path.write_text(BLOCK, encoding="utf-8")
    found = read_sensitivity(replace(read_study(ROOT), home=tmp_path))
    assert [one.name for one in found.alternatives] == [
        "CONFIRM35",
        "NOMISSED",
        "CONFIRMED",
        "NOTHERAPY",
        "DERIVED",
    ]
    assert found.compare == {"ADRS": ("BOR", "CBOR"), "ADTTE": ("PFS", "DOR")}
