"""What has a value on every record of an analysis dataset (ADaMIG 1.3, section 3.1).

Req in ADaM says that a variable is there, not that it has a value; these have one where they are.
"""

from __future__ import annotations

_IDENTIFIERS = ("STUDYID", "USUBJID", "SUBJID", "SITEID", "PARAM", "PARAMCD")
_POPULATIONS = ("ENRLFL", "RANDFL", "SAFFL", "FASFL", "ITTFL", "PPROTFL", "COMPLFL")

NEVER_NULL = frozenset((*_IDENTIFIERS, *_POPULATIONS))
