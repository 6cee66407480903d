"""Figures by matplotlib, as SVG whose text stays text and whose bytes depend on the data alone.

matplotlib is loaded with the first figure. Neither its configuration on this machine nor its
global state is used: a figure has the library's own defaults and the look given here.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from math import ceil
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from lxml import etree

from cdisc.results.look import FAINT, INK, QUIET
from cdisc.spec.displays import Display

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 900
_LONGEST = 90
"""So many letters of a label a legend shows; tips have them all."""

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_PATH, _USED = f"{_SVG}path", f"{_SVG}used"

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Letters that XML cannot hold."""

_LOOK = {
    "axes.autolimit_mode": "round_numbers",
    "axes.axisbelow": True,
    "axes.edgecolor": INK,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.labelcolor": INK,
    "axes.labelsize": 13,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.xmargin": 0,
    "axes.ymargin": 0,
    "font.family": ["DejaVu Sans", "sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 12,
    "grid.color": FAINT,
    "legend.borderaxespad": 0.9,
    "legend.borderpad": 0,
    "legend.columnspacing": 1.4,
    "legend.frameon": False,
    "lines.solid_capstyle": "butt",
    "svg.fonttype": "none",
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": INK,
    "xtick.labelcolor": QUIET,
    "ytick.color": INK,
    "ytick.labelcolor": QUIET,
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure in the making, and what its shapes say when pointed at."""

    figure: Figure
    tips: dict[str, list[str]] = field(default_factory=dict)

    def plot(self, left: float, top: float, bottom: float, right: float = 60) -> Axes:
        """A plot with its edges so many pixels from those of the figure."""
        height = self.figure.get_figheight() * 72
        width = WIDTH - left - right
        sides = (left / WIDTH, bottom / height, width / WIDTH, 1 - (top + bottom) / height)
        return self.figure.add_axes(sides)

    def tip(self, artist: Artist, *texts: str) -> None:
        """Has each shape of an artist say a text: its line first, then its marks in order."""
        name = f"tip-{len(self.tips)}"
        artist.set_gid(name)
        self.tips[name] = list(texts)


def draw(display: Display, said: str, height: float, paint: Callable[[Picture], None]) -> str:
    """The SVG that `paint` draws, `WIDTH` by `height` pixels.

    Its title is the display's, its description `said`, for those who cannot see it. It has no
    styles, links or names that could clash with those of a page around it.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    own: dict[Any, Any] = {
        key: value for key, value in mpl.rcParamsDefault.items() if not key.startswith("backend")
    }
    with warnings.catch_warnings(), mpl.rc_context():
        # a letter the font lacks is the viewer's to find: only the layout goes by the font
        warnings.simplefilter("ignore")
        mpl.rcParams.update(own | _LOOK | {"svg.hashsalt": display.id})
        picture = Picture(Figure((WIDTH / 72, height / 72), dpi=72))
        canvas: Any = FigureCanvasSVG(picture.figure)  # its methods have no types
        paint(picture)
        buffer = BytesIO()
        canvas.print_svg(buffer, metadata={"Date": None})
    parser = etree.XMLParser(remove_comments=True, resolve_entities=False, no_network=True)
    root = etree.fromstring(_CONTROL.sub("", buffer.getvalue().decode("utf-8")).encode(), parser)
    _plain(root, picture.tips)
    root.attrib.update({"width": f"{WIDTH}", "height": f"{height:g}", "role": "img"})
    root.insert(0, _told("desc", said))
    root.insert(0, _told("title", f"{display.name} {display.title}"))
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="unicode") + "\n"


def _told(tag: str, text: str) -> etree._Element:
    element = etree.Element(_SVG + tag)
    element.text = _CONTROL.sub("", text)
    return element


def _plain(root: etree._Element, tips: dict[str, list[str]]) -> None:
    """Shapes for references to shapes, attributes for styles, tips for names."""
    etree.strip_elements(root, f"{_SVG}metadata", f"{_SVG}style", with_tail=False)
    root.set("stroke-linejoin", "round")
    for node in root.iter("*"):
        for part in str(node.attrib.pop("style", "")).split(";"):
            name, colon, value = part.partition(":")
            if colon:
                node.set(name.strip(), value.strip())
        if node.get("transform", "").startswith("rotate(-0 "):
            del node.attrib["transform"]
    shapes = {node.get("id"): node for node in root.iter(_PATH)}
    for use in list(root.iter(f"{_SVG}use")):
        shape = shapes[str(use.attrib.pop(_HREF)).removeprefix("#")]
        x, y = (str(use.attrib.pop(name)) for name in ("x", "y"))
        use.tag, shape.tag = _PATH, _USED
        for key, given in shape.items():
            use.set(key, given)
        use.set("transform", f"translate({x} {y})")
    etree.strip_elements(root, _USED, with_tail=False)
    for node in root.iter(f"{_SVG}g", _PATH):
        name = str(node.attrib.pop("id", ""))
        if name in tips:
            for shape, tip in zip(node.iter(_PATH), tips[name], strict=True):
                shape.append(_told("title", tip))


def legend(axes: Axes, handles: Sequence[Any], labels: Sequence[str]) -> None:
    """A legend above a plot, in as many columns as there is room for."""
    from matplotlib.legend_handler import HandlerTuple

    axes.legend(
        handles,
        [shorten(label, _LONGEST, placeholder="\u2026") for label in labels],
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=_columns(labels, axes.get_position().x0 * WIDTH),
        handler_map={tuple: HandlerTuple(None, 0)},
    )


def legend_height(labels: Sequence[str], left: float) -> float:
    """How many pixels a plot that begins at `left` is to leave for its legend."""
    return 20 + 18 * ceil(len(labels) / _columns(labels, left))


def _columns(labels: Sequence[str], left: float) -> int:
    widths = [text_width(label[:_LONGEST], 12) + 45 for label in labels]
    counts = range(len(labels), 1, -1)
    return next((count for count in counts if _room(widths, count) < WIDTH - left), 1)


def _room(widths: Sequence[float], columns: int) -> float:
    # matplotlib fills columns one after another, the first ones with one more
    lines, longer = divmod(len(widths), columns)
    room, place = 0.0, 0
    for column in range(columns):
        count = lines + (column < longer)
        room += max(widths[place : place + count])
        place += count
    return room


def text_width(text: str, size: float) -> float:
    """About how wide a text is."""
    return 0.63 * size * max(map(len, text.split("\n")))


def signed(value: float) -> str:
    """A number with its sign, a true minus."""
    return f"{value:+g}".replace("-", "\u2212")
