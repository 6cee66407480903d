"""Texts as codes into their distinct values, remembered for a while.

One column is asked about by many, one after another: lookups, algorithms, rules, whoever measures
and whoever stores it. What it is made of is worked out once as long as it is kept here; Arrow
arrays never change, so what is remembered is never stale.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

LIMIT = 256 << 20
"""Bytes of arrays and codes that are remembered; the ones not asked for longest go first."""


@dataclass(frozen=True, eq=False)
class Coded:
    """Texts by code: `codes` one a row into `texts`, -1 where missing.

    `texts` is an Arrow large_string array, in the order of first appearance. The codes are
    shared by all who ask, so they cannot be written to.
    """

    codes: npt.NDArray[np.int64]
    texts: pa.Array

    @cached_property
    def blank(self) -> npt.NDArray[np.bool_]:
        """Which of the texts are empty or nothing but white space."""
        return np.asarray(pc.match_substring_regex(self.texts, r"^\s*$"), dtype=np.bool_)

    @cached_property
    def longest(self) -> int:
        """The bytes in UTF-8 of the longest text; 0 when there is none."""
        return pc.max(pc.binary_length(self.texts)).as_py() or 0

    def on(self, rows: npt.NDArray[Any]) -> pa.Array:
        """The distinct texts on some rows, each of which has one."""
        return self.texts.take(pa.array(np.unique(self.codes[rows])))


Made = TypeVar("Made")

# What was made of several arrays together, last of all; as many as one step after another asks for.
_TOGETHER = 2
_Key: TypeAlias = tuple[str, tuple[tuple[int, ...], ...]]
_made: OrderedDict[_Key, tuple[Sequence[pa.Array], Any]] = OrderedDict()

_known: OrderedDict[tuple[int, ...], tuple[pa.Array, Coded]] = OrderedDict()
_held = 0


def coded(array: pa.Array) -> Coded:
    """The codes of an Arrow large_string array."""
    key = _place(array)
    if key in _known:
        _known.move_to_end(key)
        return _known[key][1]
    found = as_coded(array)
    remember(array, found)
    return found


def as_coded(array: pa.Array) -> Coded:
    """The codes of an Arrow large_string array of which nobody will ask again."""
    encoded = array.dictionary_encode()
    indices: Any = encoded.indices
    if indices.null_count:
        indices = pc.fill_null(indices, -1)
    return Coded(indices.to_numpy(zero_copy_only=False).astype(np.int64), encoded.dictionary)


def remember(array: pa.Array, found: Coded) -> None:
    """Note the codes of an array that were made with it, as `coded` would find them."""
    global _held
    found.codes.flags.writeable = False
    # the array is kept with its codes: as long as it lives, nothing else is at its place
    _known[_place(array)] = (array, found)
    _held += _size(array, found)
    while _held > LIMIT:
        _, (oldest, of_oldest) = _known.popitem(last=False)
        _held -= _size(oldest, of_oldest)


def together(what: str, arrays: Sequence[pa.Array], make: Callable[[], Made]) -> Made:
    """What `make` gives of some arrays, such as their groups; the last of it is remembered.

    `what` is its name, as something else may be made of the same arrays. `make` depends on nothing
    else, and whoever asks does not write to what it gives.
    """
    key = (what, tuple(_place(array) for array in arrays))
    if key in _made:
        _made.move_to_end(key)
        found: Made = _made[key][1]
        return found
    found = make()
    _made[key] = (arrays, found)
    while len(_made) > _TOGETHER:
        _made.popitem(last=False)
    return found


def forget() -> None:
    """Let go of everything remembered, when the columns it is about are done with."""
    global _held
    _made.clear()
    _known.clear()
    _held = 0


def _place(array: pa.Array) -> tuple[int, ...]:
    """Where in memory the texts are: the same for all views of one array."""
    buffers = (buffer.address if buffer is not None else 0 for buffer in array.buffers())
    return (*buffers, array.offset, len(array))


def _size(array: pa.Array, found: Coded) -> int:
    return int(array.nbytes) + found.codes.nbytes
