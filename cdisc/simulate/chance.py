"""Random draws that are the same on every platform, for every number of subjects.

Each (seed, subject, form) has its own PCG64 stream, so that subject k does not depend on how
many subjects there are, nor one form on another. Only uniform draws, + - * / and rounding are
used: `exp`, `log` and the ziggurat behind `normal` depend on the platform's mathematics library.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")

_BLOCK = 64


class Chance:
    """One stream of draws, named by integers such as (seed, subject, form)."""

    def __init__(self, *path: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(path)))
        self._ready: list[float] = []

    def unit(self) -> float:
        """A number in [0, 1)."""
        if not self._ready:
            self._ready = self._generator.random(_BLOCK).tolist()[::-1]
        return self._ready.pop()

    def between(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + (high - low) * self.unit()

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.unit() * (high - low + 1))

    def happens(self, probability: float) -> bool:
        """True with the given probability."""
        return self.unit() < probability

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices, each equally likely."""
        return choices[int(self.unit() * len(choices))]

    def weighted(self, choices: Sequence[tuple[T, float]]) -> T:
        """One of the (value, weight) choices; weights need not sum to one."""
        left = self.unit() * sum(weight for _, weight in choices)
        for value, weight in choices:
            left -= weight
            if left < 0:
                return value
        return choices[-1][0]

    def bell(self, rows: int, columns: int) -> NDArray[np.float64]:
        """A matrix of roughly normal draws: mean 0, standard deviation 1, within +-3.5."""
        drawn = self._generator.random((4, rows, columns))
        # The sum of four uniforms has variance 4/12; added one by one so that no platform
        # may regroup the additions.
        total = drawn[0] + drawn[1] + drawn[2] + drawn[3]
        scaled: NDArray[np.float64] = (total - 2.0) * 1.7320508075688772
        return scaled
