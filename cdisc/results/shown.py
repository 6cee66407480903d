"""Numbers as a table shows them: decimals half away from zero, never in exponents."""

from __future__ import annotations

from decimal import Decimal

from cdisc.algorithms.columns.numbers import rounded

NONE = "-"
NOT_ESTIMABLE = "NE"


def fixed(value: float | None, digits: int) -> str:
    """A number with so many decimals, `NE` for none: 66.66 is `66.7`, -0.04 is `0.0`."""
    if value is None:
        return NOT_ESTIMABLE
    text = f"{rounded(_exact(value), digits):f}"
    return text.removeprefix("-") if not text.strip("-0.") else text


def percentage(fraction: float | None, digits: int = 1) -> str:
    """A fraction as percent without the sign: 2/3 is `66.7`."""
    return NOT_ESTIMABLE if fraction is None else fixed(100 * fraction, digits)


def share(count: int, total: int) -> str:
    """`2 (66.7)`; a bare 0 for nobody, as tables of events have it."""
    if not count:
        return "0"
    return f"{count} ({percentage(count / total)})" if total else str(count)


def counted(number: int, noun: str) -> str:
    """`1 subject`, `1,204 subjects`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def interval(lower: str, upper: str) -> str:
    """`(9.4, 99.2)`."""
    return f"({lower}, {upper})"


def _exact(value: float) -> Decimal:
    # fifteen digits are what a double keeps of a decimal; more would round 0.15 down
    return Decimal(f"{value:.15g}")
