"""What all figures look like: colours, dashes, marks and hatches, in the order of their use.

Colours are those of Okabe and Ito, which the colour-blind can tell apart; whatever a colour says
is also said by a dash, a mark, a hatch or a word.
"""

from __future__ import annotations

INK, QUIET, FAINT = "#1c2733", "#55626f", "#dfe5ea"
BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY, YELLOW, GREY = "#E69F00", "#56B4E9", "#F0E442", "#8a949e"
COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, INK)
PALE = ("#9ccbe6", "#f3b48a", "#8ed3bd", "#e6bcd4", "#f5d68f", "#bfe2f6", "#b9c0c7")
"""The colours once more, pale, for what follows."""

DASHES = ("-", (0, (4, 2)), (0, (1, 1.5)), (0, (5, 2, 1, 2)), (0, (7, 2)), (0, (2, 2)), ":")
MARKERS = ("o", "^", "s", "D", "X", "P", "v")
HATCHES = ("", "//", "..", "xx", "\\\\", "--", "++")
EVENTS = (
    ("o", "#1b5e20"),
    ("^", "#7a0c0c"),
    ("s", "#3d3d8f"),
    ("X", "#000000"),
    ("D", "#6a1b9a"),
    ("v", "#8d5a00"),
    ("P", "#37474f"),
)
"""Marks with their colours for what happens to a subject: dark, as they lie on bars."""
