"""Drawing in SVG: shapes, texts that stay text, scales, axes and legends.

Nothing but numbers and texts goes in, coordinates are rounded to a tenth, so that the same
figure is the same bytes everywhere. Colours are those of Okabe and Ito, which the colour-blind
can tell apart; whatever a colour says is also said by a shape, a dash or a word.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

FONT = "system-ui, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
INK, QUIET, FAINT = "#1c2733", "#55626f", "#dfe5ea"
BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY, YELLOW, GREY = "#E69F00", "#56B4E9", "#F0E442", "#8a949e"
COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, INK)
DASHES = ("", "7 4", "2 3", "9 3 2 3", "12 4", "4 4", "1 3")
SHAPES = ("circle", "triangle", "square", "diamond", "cross", "plus", "down")

_LETTER = 0.61
"""Width of a letter as a part of the size of its font, about; only layout rests on it."""


def text_width(text: str, size: float = 12) -> float:
    """About how wide a text is."""
    return len(text) * size * _LETTER


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to places on the drawing, in a straight line."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def ticks(low: float, high: float, about: int = 6) -> list[float]:
    """Round numbers from low to high, some `about` of them."""
    rough = (high - low) / max(about, 1)
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * n for n in (1, 2, 2.5, 5, 10) if power * n >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


class Drawing:
    """An SVG in the making; each method adds one thing, later ones on top."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._parts: list[str] = []

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        colour: str = INK,
        width: float = 1,
        dash: str = "",
    ) -> None:
        """A straight line."""
        self._add(
            "line",
            x1=x1,
            y1=y1,
            x2=x2,
            y2=y2,
            stroke=colour,
            stroke_width=width,
            stroke_dasharray=dash,
        )

    def path(
        self,
        points: Sequence[tuple[float, float]],
        colour: str = "none",
        width: float = 1,
        dash: str = "",
        fill: str = "none",
        opacity: float = 1,
        tip: str = "",
    ) -> None:
        """Lines from point to point; filled, when it has a fill."""
        drawn = "M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in points)
        self._add(
            "path",
            tip,
            d=drawn + ("Z" if fill != "none" else ""),
            fill=fill,
            fill_opacity="" if opacity == 1 else opacity,
            stroke="" if colour == "none" else colour,
            stroke_width="" if colour == "none" else width,
            stroke_dasharray=dash,
            stroke_linejoin="" if colour == "none" else "round",
        )

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        tip: str = "",
        stroke: str = "",
    ) -> None:
        """A filled rectangle."""
        self._add("rect", tip, x=x, y=y, width=width, height=height, fill=fill, stroke=stroke)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 12,
        anchor: str = "start",
        colour: str = INK,
        bold: bool = False,
        turned: float = 0,
    ) -> None:
        """A text; `anchor` start, middle or end; turned by degrees around its place."""
        turn = f"rotate({_short(turned)} {_short(x)} {_short(y)})" if turned else ""
        attributes = _attributes(
            x=x,
            y=y,
            font_size=size,
            text_anchor="" if anchor == "start" else anchor,
            fill=colour,
            font_weight="600" if bold else "",
            transform=turn,
        )
        self._parts.append(f"<text{attributes}>{escape(text)}</text>")

    def mark(
        self, x: float, y: float, shape: str, colour: str, size: float = 5, tip: str = ""
    ) -> None:
        """A mark in one of the shapes, with a white rim so that marks can be told apart."""
        if shape == "circle":
            self._add(
                "circle", tip, cx=x, cy=y, r=size, fill=colour, stroke="#fff", stroke_width=0.8
            )
        elif shape in ("cross", "plus"):
            ends = [(-1, -1, 1, 1), (-1, 1, 1, -1)] if shape == "cross" else _PLUS
            reach = size * (0.85 if shape == "cross" else 1.1)
            drawn = "".join(
                f"M{_short(x + a * reach)} {_short(y + b * reach)}"
                f"L{_short(x + c * reach)} {_short(y + d * reach)}"
                for a, b, c, d in ends
            )
            self._add("path", tip, d=drawn, stroke=colour, stroke_width=2, fill="none")
        else:
            corners = [(x + a * size, y + b * size) for a, b in _CORNERS[shape]]
            self.path(corners, "#fff", 0.8, fill=colour, tip=tip)

    def _add(self, tag: str, tip: str = "", /, **attributes: float | str) -> None:
        inner = f"<title>{escape(tip)}</title>" if tip else ""
        self._parts.append(
            f"<{tag}{_attributes(**attributes)}" + (f">{inner}</{tag}>" if inner else "/>")
        )

    def finish(self, title: str, description: str) -> str:
        """The SVG: its title and what it shows in words, for those who cannot see it."""
        size = f"{_short(self.width)} {_short(self.height)}"
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" '
            f'width="{_short(self.width)}" height="{_short(self.height)}" role="img" '
            f'font-family="{escape(FONT)}">'
            f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
        )
        ground = f'<rect width="{_short(self.width)}" height="{_short(self.height)}" fill="#fff"/>'
        return "\n".join((head, ground, *self._parts, "</svg>")) + "\n"


_PLUS = [(0, -1, 0, 1), (-1, 0, 1, 0)]
_CORNERS: dict[str, list[tuple[float, float]]] = {
    "triangle": [(0, -1.15), (1.1, 0.85), (-1.1, 0.85)],
    "down": [(0, 1.15), (1.1, -0.85), (-1.1, -0.85)],
    "square": [(-0.95, -0.95), (0.95, -0.95), (0.95, 0.95), (-0.95, 0.95)],
    "right": [(1.15, 0), (-0.85, 1.1), (-0.85, -1.1)],
    "diamond": [(0, -1.3), (1.1, 0), (0, 1.3), (-1.1, 0)],
}


def _short(value: float) -> str:
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _attributes(**attributes: float | str) -> str:
    made = []
    for name, value in attributes.items():
        if value != "":
            text = value if isinstance(value, str) else _short(value)
            made.append(f' {name.replace("_", "-")}="{escape(text)}"')
    return "".join(made)


# ---- axes and legends ------------------------------------------------------------------


def signed(value: float, plus: str = "") -> str:
    """A number with a true minus sign."""
    return f"{value:{plus}g}".replace("-", "\u2212")


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a plot stands: its scales give its edges."""

    x: Scale
    y: Scale


def horizontal_axis(
    drawing: Drawing, frame: Frame, at: Sequence[float], title: str, suffix: str = ""
) -> None:
    """The axis below a plot, with its title."""
    below = frame.y.start
    drawing.line(frame.x.start, below, frame.x.end, below)
    for value in at:
        place = frame.x(value)
        drawing.line(place, below, place, below + 5)
        drawing.text(place, below + 19, signed(value) + suffix, anchor="middle", colour=QUIET)
    middle = (frame.x.start + frame.x.end) / 2
    drawing.text(middle, below + 40, title, 13, "middle")


def vertical_axis(
    drawing: Drawing, frame: Frame, at: Sequence[float], title: str, factor: float = 1
) -> None:
    """The axis at the left of a plot, with faint lines across and its title."""
    left = frame.x.start
    for value in at:
        place = frame.y(value)
        drawing.line(left, place, frame.x.end, place, FAINT)
        drawing.line(left - 5, place, left, place)
        drawing.text(left - 9, place + 4, signed(value * factor), anchor="end", colour=QUIET)
    drawing.line(left, frame.y.start, left, frame.y.end)
    middle = (frame.y.start + frame.y.end) / 2
    drawing.text(left - 48, middle, title, 13, "middle", turned=-90)


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend: a mark, or a line with a dash."""

    label: str
    colour: str
    shape: str = ""
    dash: str = ""


def legend(drawing: Drawing, x: float, y: float, width: float, keys: Sequence[Key]) -> float:
    """Entries side by side, in as many lines as they need; gives the place below them."""
    place, line = x, y
    for key in keys:
        need = 30 + text_width(key.label, 12) + 14
        if place > x and place + need > x + width:
            place, line = x, line + 20
        if key.shape:
            drawing.mark(place + 10, line - 4, key.shape, key.colour)
        else:
            drawing.line(place, line - 4, place + 22, line - 4, key.colour, 2.5, key.dash)
        drawing.text(place + (22 if key.shape else 30), line, key.label)
        place += need - (8 if key.shape else 0)
    return line + 20


def wrapped(text: str, letters: int) -> Iterator[str]:
    """A text in lines of about so many letters, broken at blanks."""
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > letters:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    yield line
