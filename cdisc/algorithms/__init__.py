"""The algorithm library: pure functions by topic; a function's name is its name in specs.

Topics stand in rooms: `values`, `dates`, `events`, `measurements`, `endpoints`, `lesions`; what
they all work on columns with is in `columns`.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping

from cdisc.algorithms import registry
from cdisc.algorithms.registry import Algorithm, Parameter, algorithm

__all__ = ["Algorithm", "Parameter", "algorithm", "find", "library"]


def library() -> Mapping[str, Algorithm]:
    """Every algorithm by name, the package's topics loaded on first use."""
    _load_topics()
    return registry.algorithms()


def find(name: str) -> Algorithm:
    """The algorithm of that name. Raises UsageError with the nearest name otherwise."""
    _load_topics()
    return registry.find(name)


@functools.cache
def _load_topics() -> None:
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        importlib.import_module(module.name)
