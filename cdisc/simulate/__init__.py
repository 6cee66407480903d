"""Deterministic synthetic raw exports of the reference study NCT05699811."""

from cdisc.simulate.study import simulate

__all__ = ["simulate"]
