"""What the name of an analysis variable says of a moment."""

import pytest

from cdisc.standards import catalogue
from cdisc.standards.moments import moment


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ADT", "date"),
        ("TRTSDT", "date"),
        ("ADTM", "datetime"),
        ("ASTDTM", "datetime"),
        ("ATM", "time"),
        ("ASTTM", "time"),
        ("ARELTM", ""),
        ("PCELTM", ""),
        ("NFRLT", ""),
        ("ADY", ""),
        ("TM", ""),
    ],
)
def test_the_ending_tells_but_a_duration_is_no_time(name: str, kind: str) -> None:
    assert moment(name) == kind


def test_the_labels_of_the_standard_say_the_same() -> None:
    adam = catalogue("ADaMIG", "1.3")
    words = {"date": {"Date"}, "datetime": {"Datetime", "Date/Time"}, "time": {"Time"}}
    for dataset in adam.datasets:
        for variable in adam.variables(dataset.name):
            kind = moment(variable.name)
            if variable.type == "Num" and kind:
                assert words[kind] & set(variable.label.split()), variable.name
                assert "Relative" not in variable.label
