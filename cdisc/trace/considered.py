"""What was considered for a value: the candidates, few enough to read, with why each was taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cdisc.spec.feeds import Read
from cdisc.spec.model import DatasetSpec
from cdisc.spec.needs import argument_refs
from cdisc.trace.again import Told
from cdisc.trace.answer import Candidate, Considered, Others, Record

if TYPE_CHECKING:
    from cdisc.trace.chain import Chain

CANDIDATES = 20
OF_A_REASON = 3
"""Candidates shown one by one, in all and for one reason; others are counted by their reason."""

REASONS = 5
"""Reasons by which others are counted; candidates left out for any other are counted together."""

OTHER_REASONS = "other reasons"

_GROUPING = frozenset({"by", "subject", "episode"})
"""Arguments that say which records are rivals, in which these do not differ."""


def considered_for(
    chain: Chain, dataset: str, row: int, variable: str, reads: Collection[Read], *, first: bool
) -> Considered | None:
    """What was considered for a variable of a record, or the record itself; None if nothing.

    Where the record is itself one of the candidates it comes first. All others that were taken
    are shown; of those that were not a few for each reason are, in the order of their rows, if
    `first`: where it is the value asked about. Elsewhere they are counted by reason.
    """
    told = [] if chain.again is None else chain.again.considered(dataset, row, variable)
    rivals = any(one.rival for one in told)
    if not told or (rivals and chain.whole_record):  # whole records are told briefly
        return None
    own = [one for one in told if rivals and one.row == row]
    other = [one for one in told if one not in own]
    taken = [one for one in other if one.taken]
    if rivals:
        other.sort(key=lambda one: one.row)
        taken = [one for one in other if one.taken][: CANDIDATES if first else OF_A_REASON]
    room = CANDIDATES - len(own) - len(taken) if first else 0
    few = _few([one for one in other if not one.taken], room)
    shown = [*own, *taken, *few]
    records = [_record(chain, one, dataset, variable, reads) for one in shown]
    if rivals:
        about = chain.rival(dataset, row, _compared(chain.study.datasets[dataset], variable))
        records = _without_the_same(records, about)
    candidates = [
        Candidate(record, one.taken, _reason(one.why), rivals and one.row == row)
        for one, record in zip(shown, records, strict=True)
    ]
    others = _counted([one for one in other if one not in shown])
    return Considered(variable, candidates, others, rivals)


def value_of(
    chain: Chain, dataset: str, row: int, variable: str
) -> tuple[int, frozenset[str]] | None:
    """The other record of the dataset that a variable has its value of, and the column it is."""
    told = [] if chain.again is None else chain.again.considered(dataset, row, variable)
    others = [one.row for one in told if one.rival and one.gives and one.taken and one.row != row]
    if not others:
        return None
    spec = chain.study.datasets[dataset]
    call = (spec.variables.get(variable) or spec.supplemental[variable]).call
    main = call.arguments.get(call.algorithm.main)  # a study's own algorithm may have none
    refs = argument_refs(main, ()) if main is not None else ()
    return others[0], frozenset(ref.name for ref in refs if ref.qualifier == "")


def _few(told: Sequence[Told], room: int) -> list[Told]:
    """The first ones of each reason, as many as there is room for."""
    of_reason: Counter[str] = Counter()
    few: list[Told] = []
    for one in told:
        of_reason[one.why] += 1
        if of_reason[one.why] <= OF_A_REASON and len(few) < room:
            few.append(one)
    return few


def _counted(told: Sequence[Told]) -> list[Others]:
    """Candidates that are not shown, counted by reason; rare reasons together."""
    counts = Counter((_reason(one.why), one.taken) for one in told)
    if len(counts) <= REASONS + 1:
        return [Others(why, count, taken) for (why, taken), count in counts.items()]
    common = dict(counts.most_common(REASONS))
    found = [Others(key[0], n, key[1]) for key, n in counts.items() if key in common]
    for taken in (True, False):
        rest = sum(n for key, n in counts.items() if key not in common and key[1] == taken)
        found += [Others(OTHER_REASONS, rest, taken)] if rest else []
    return found


def _record(
    chain: Chain, one: Told, dataset: str, variable: str, reads: Collection[Read]
) -> Record:
    """A candidate with the columns that it was considered by."""
    spec = chain.study.datasets[dataset]
    if one.rival:
        return chain.rival(dataset, one.row, _compared(spec, variable))
    order = spec.lookups[variable].order if variable in spec.lookups else ()
    return chain.candidate(one.origin, one.row, reads, variable, order)


def _compared(spec: DatasetSpec, variable: str) -> frozenset[str]:
    """The columns of its own dataset by which an algorithm compares rivals."""
    found = spec.variables.get(variable) or spec.supplemental[variable]
    keys = spec.sort_keys(variable)
    return frozenset(
        ref.name
        for name, argument in found.call.arguments.items()
        if name not in _GROUPING
        for ref in argument_refs(argument, keys)
        if ref.qualifier in ("", "source")
    )


def _without_the_same(records: Sequence[Record], about: Record) -> list[Record]:
    """Rivals without the cells in which neither they nor the record that it is about differ.

    One that has no other rival has what it was considered by.
    """
    if [(one.origin, one.row) for one in records] == [(about.origin, about.row)]:
        return [replace(about, keys=())]  # its keys stand above
    values: dict[str, set[str]] = {}
    for record in (about, *records):
        for cell in (*record.keys, *record.cells):
            values.setdefault(cell.name, set()).add(cell.text)
    return [
        replace(
            record,
            keys=tuple(cell for cell in record.keys if len(values[cell.name]) > 1),
            cells=tuple(cell for cell in record.cells if len(values[cell.name]) > 1),
        )
        for record in records
    ]


def _reason(why: str) -> str:
    """Why a record was not taken, without saying again that it was not."""
    return why.removeprefix("not taken: ")
