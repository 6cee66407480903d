"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# a machine that is busy with something else must not make an example fail
settings.register_profile("cdisc", deadline=None)
settings.load_profile("cdisc")
