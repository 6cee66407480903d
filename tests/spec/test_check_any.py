"""Whatever a readable study says, checking it tells and never crashes."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc.errors import CdiscError, SpecError

FILES = ["mappings/sdtm/ae.yaml", "mappings/sdtm/dm.yaml", "mappings/adam/adae.yaml"]
WORDS = ["AE", "DM", "ADAE", "USUBJID", "AESEQ", "AETERM", "AEDLT", "SEX", "_X", "person", "demo"]
WORDS += ["ae", "open", "units", "person.SITE", "DM.SEX", "AE.AETERM", "ADAE.SEX", "DM.RFSTDTC"]
WORDS += ["copy", "constant", "NY", "Y", "SUBJ", "source['IT.NOTE']", "missing(TERM)", "STUDYID"]


@settings(max_examples=60)
@given(data=st.data())
def test_a_study_with_words_exchanged_is_refused_or_checked(folder_type, data):
    with tempfile.TemporaryDirectory() as root:
        folder = folder_type(Path(root))
        for _ in range(data.draw(st.integers(1, 5))):
            name = data.draw(st.sampled_from(FILES))
            text = (folder.root / name).read_text(encoding="utf-8")
            places = list(re.finditer(r"[\w.]+", text))
            place = data.draw(st.sampled_from(places))
            word = data.draw(st.sampled_from(WORDS))
            folder.write(name, text[: place.start()] + word + text[place.end() :])
        try:
            checked = folder.check()
        except CdiscError:
            return
        for problem in (*checked.errors, *checked.warnings):
            assert isinstance(problem, SpecError)
            assert problem.at.file
            assert problem.at.line
