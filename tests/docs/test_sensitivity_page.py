"""The page on sensitivity: its example is one that the reader takes, for the reference study."""

import re
from dataclasses import replace
from pathlib import Path

from cdisc.spec import read_study
from cdisc.spec.sensitivity import FILE, read_sensitivity

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "sensitivity.md").read_text(encoding="utf-8")


def test_the_example_is_one_that_the_study_could_have(tmp_path):
    (block,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.M | re.S)
    path = tmp_path / FILE
    path.parent.mkdir()
    path.write_text(block, encoding="utf-8")
    found = read_sensitivity(replace(read_study(ROOT), home=tmp_path))
    assert [one.name for one in found.alternatives] == [
        "CONFIRM35",
        "NOMISSED",
        "CONFIRMED",
        "NOTHERAPY",
    ]
    assert found.compare == {"ADRS": ("BOR", "CBOR"), "ADTTE": ("PFS", "DOR")}
