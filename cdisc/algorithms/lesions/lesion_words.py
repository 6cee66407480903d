"""The words by which TR tells what a lesion is, what was measured, and what it is like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TARGET, NON_TARGET, NEW_TARGET, NEW_NON_TARGET = range(4)

# results of codelist TRPROPRS of SDTM terminology, with what they mean for a response: ours
_STATES = {
    "ABSENT": "absent",
    "EQUIVOCAL": "equivocal",
    "PRESENT": "present",
    "UNCHANGED": "present",
    "UNEQUIVOCAL": "present",
    "DECREASED": "present",
    "NON-PATHOLOGICAL": "absent",
    "PATHOLOGICAL": "present",
    "ENLARGEMENT FROM NADIR": "grown",
    "FURTHER ENLARGEMENT FROM NADIR": "grown further",
    "FURTHER ENLARGEMENT": "grown further",
    "NE": "not evaluable",
    "NOT EVALUABLE": "not evaluable",  # ours, the decode of NE: no term of TRPROPRS
}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a study; those of SDTM terminology unless it says otherwise.

    Source: groups are terms of codelist TUIDRS, tests of TRTESTCD, states of TRPROPRS (sdtmct
    2025-03-28); what a state means, and NOT EVALUABLE beside NE, is ours.

    Args:
        target: groups of target lesions.
        non_target: groups of non-target lesions.
        new_target: groups of new lesions whose diameters are summed.
        new_non_target: groups of other new lesions.
        longest_diameter: tests that measure the longest diameter.
        short_axis: tests that measure the short axis, of lymph nodes.
        state: tests that say what a lesion is like.
        states: what their results mean: absent, equivocal, present, grown, grown further, not
            evaluable.
    """

    target: tuple[str, ...] = ("TARGET",)
    non_target: tuple[str, ...] = ("NON-TARGET",)
    new_target: tuple[str, ...] = ("NEW TARGET", "NEW")
    new_non_target: tuple[str, ...] = ("NEW NON-TARGET",)
    longest_diameter: tuple[str, ...] = ("LDIAM",)
    short_axis: tuple[str, ...] = ("LPERP",)
    state: tuple[str, ...] = ("TUMSTATE",)
    states: dict[str, str] = field(default_factory=dict, hash=False)

    def roles(self) -> Mapping[str, int]:
        """The role of a lesion by the word for its group."""
        words = (self.target, self.non_target, self.new_target, self.new_non_target)
        return {word: role for role, of_role in enumerate(words) for word in of_role}

    def tests(self) -> Mapping[str, int]:
        """What is measured by a test: 0 the longest diameter, 1 the short axis, 2 the state."""
        words = (self.longest_diameter, self.short_axis, self.state)
        return {word: kind for kind, of_kind in enumerate(words) for word in of_kind}

    def meanings(self) -> Mapping[str, str]:
        """What each word for a state means."""
        return _STATES | self.states
