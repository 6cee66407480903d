"""Codes and the names that go with them: --TESTCD and --TEST, PARAMCD and PARAM, and others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cdisc.model import Severity
from cdisc.validate.columns import Column, as_mask, codes_of, test_distinct
from cdisc.validate.facts import Facts
from cdisc.validate.rule import Check, Evidence, Mask, Rule


def not_one_to_one(codes: Column, names: Column) -> Mask:
    """Records whose code has another name elsewhere, or whose name has another code.

    Records with either value missing are left out.
    """
    code, name = codes_of(codes), codes_of(names)
    both = (code >= 0) & (name >= 0)
    size = int(name.max(initial=0)) + 1
    of_code, of_name = np.divmod(np.unique(code[both] * size + name[both]), size)
    torn_codes = np.bincount(of_code, minlength=int(code.max(initial=-1)) + 2) > 1
    torn_names = np.bincount(of_name, minlength=size + 1) > 1
    # a missing one is -1, the last place, which no code has
    return np.asarray(both & (torn_codes[code] | torn_names[name]), dtype=bool)


def not_a_code(values: Column) -> Mask:
    """Records whose value is not 1 to 8 capital letters, digits and _, a digit not first."""
    return test_distinct(values, _not_code)


def _not_code(distinct: pa.Array) -> Mask:
    return ~as_mask(pc.match_substring_regex(distinct, r"^[A-Z_][A-Z0-9_]{0,7}$"))


def _pair(evidence: Evidence) -> Mask:
    code, name = evidence.variables
    return not_one_to_one(evidence.frame[code], evidence.frame[name])


def _code(evidence: Evidence) -> Mask:
    return not_a_code(evidence.column)


RULES = (
    Rule(
        id="TEST.PAIR",
        severity=Severity.ERROR,
        title="Code and name are not one to one",
        description="A code always goes with the same name, and a name with the same code.",
        message="{codes} {0!r} with {names} {1!r} is not one to one",
        reference="SDTMIG 3.4, section 4.2.1; ADaMIG 1.3, section 3.3.4",
        kernel=_pair,
        across=lambda _check: True,
    ),
    Rule(
        id="TEST.CODE",
        severity=Severity.ERROR,
        title="Code is not allowed",
        description="A short code can become a variable name: up to 8 capitals, digits and _.",
        message="{0!r} in {variable} is not a code of up to 8 capital letters, digits and _",
        reference="SDTMIG 3.4, section 4.2.1; ADaMIG 1.3, section 3.3.4",
        kernel=_code,
    ),
)

PAIRS = (
    ("PARAMCD", "PARAM"),
    ("QNAM", "QLABEL"),
    ("TSPARMCD", "TSPARM"),
    ("ETCD", "ELEMENT"),
    ("ARMCD", "ARM"),
    ("ACTARMCD", "ACTARM"),
)
NOT_A_NAME = {"ARMCD", "ACTARMCD", "ETCD"}


def checks(facts: Facts) -> Iterator[Check]:
    """The code and name pairs that one dataset has."""
    tests = [(n, n.removesuffix("CD")) for n in facts.names if n.endswith("TESTCD")]
    for code, name in (*tests, *PAIRS):
        if code not in facts.names:
            continue
        if code not in NOT_A_NAME:
            yield Check(rule="TEST.CODE", dataset=facts.name, variables=(code,))
        if name in facts.names:
            yield Check(
                rule="TEST.PAIR",
                dataset=facts.name,
                variables=(code, name),
                params={"codes": code, "names": name},
            )
