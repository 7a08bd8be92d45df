"""Charts as server-rendered SVG: six primitives, values in, markup out. No database, no colours, no scripts.

`bars` stacked counts, `line` a number against its target, `two_strip` both over one time axis (two strips,
never two axes), `heat` numbers by two kinds, `spark` a line without scale, `meter` a share with its target.

What is missing is a gap, never a zero. Every picture has a title and a description that states the finding
(`findings`); its table stands beside it. Colours are classes, for both themes and paper; with `palette=PRINT`
the same function writes a picture that stands alone, for PDF and mail. Geometry is in SVG user units.
"""

from reporting.charts.maps import Cell, heat
from reporting.charts.palettes import PRINT, SCREEN, Palette
from reporting.charts.small import meter, spark
from reporting.charts.strips import bars, line, two_strip
from reporting.charts.values import Bar, Mark, Point, Stack, State, StripWords, Words

__all__ = [
    "PRINT",
    "SCREEN",
    "Bar",
    "Cell",
    "Mark",
    "Palette",
    "Point",
    "Stack",
    "State",
    "StripWords",
    "Words",
    "bars",
    "heat",
    "line",
    "meter",
    "spark",
    "two_strip",
]
