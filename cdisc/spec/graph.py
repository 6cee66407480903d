"""The order in which everything is computed; a cycle is named variable by variable."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from cdisc.errors import Location, SpecError
from cdisc.spec.model import DatasetSpec
from cdisc.spec.needs import Node, edges


def build_order(datasets: Mapping[str, DatasetSpec]) -> tuple[Node, ...]:
    """All nodes, each after everything it reads. Raises SpecError naming a cycle."""
    graph: dict[Node, Collection[Node]] = {}
    for spec in datasets.values():
        graph |= edges(spec, datasets)
    ordered = {node: sorted(graph[node]) for node in sorted(graph)}
    try:
        return tuple(TopologicalSorter(ordered).static_order())
    except CycleError as error:
        cycle: list[Node] = error.args[1]
        # graphlib lists a node before the one that reads it; people read the other way round
        steps = list(reversed(cycle))
        raise SpecError(
            f"each needs the next: {' -> '.join(str(node) for node in steps)}",
            at=place_of(steps[0], datasets),
            hint="Break the circle: derive one of them from the source",
        ) from None


def upstream(wanted: Iterator[Node], datasets: Mapping[str, DatasetSpec]) -> set[Node]:
    """The nodes wanted and everything they read, directly or not."""
    graph: dict[Node, Collection[Node]] = {}
    for spec in datasets.values():
        graph |= edges(spec, datasets)
    found: set[Node] = set()
    stack = list(wanted)
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack.extend(graph.get(node, ()))
    return found


def place_of(node: Node, datasets: Mapping[str, DatasetSpec]) -> Location:
    """Where the spec asks for a node."""
    spec = datasets[node.dataset]
    if node.kind == "rows":
        return spec.rows.at
    if node.kind == "lookup":
        return spec.lookups[node.name].at if node.name in spec.lookups else spec.at
    variables = spec.variables if node.kind == "variable" else spec.supplemental
    return variables[node.name].at
