"""Where a picture's colours come from: the page's classes, or a sheet of plain hex in the picture itself."""

from dataclasses import dataclass

FONT = '"Source Sans Pro","Noto Sans","DejaVu Sans",sans-serif'
HEAT = (
    "#ecf8f8", "#daf0f0", "#c7e7e8", "#b4dfdf", "#a0d5d7", "#8bcccf", "#76c2c6", "#5fb8bd", "#47aeb4",
    "#2ea4ab",
)  # fmt: skip
"""From little to much: dark ink is read on all of them."""


@dataclass(frozen=True)
class Palette:
    """`sheet`: the style sheet that goes into the picture; "" where the page has the classes."""

    sheet: str = ""

    @property
    def is_alone(self) -> bool:
        """Whether the picture has to be understood without a page around it."""
        return bool(self.sheet)


def _rules() -> str:
    steps = "".join(f".h{n}{{fill:{colour}}}" for n, colour in enumerate(HEAT))
    return (
        f"text{{font-family:{FONT};font-size:10.5px;fill:#5d686f}}"
        ".cap{fill:#4e5a62;font-weight:600}.gl{stroke:#dfe4e7;stroke-width:1}"
        ".b0{fill:#c6cdd2}.b1{fill:#93c8c8}.b2{fill:#c6cdd2}.b3{fill:#ee8a80}"
        ".b4{fill:none;stroke:#98a2a8;stroke-width:1.5}"
        ".sl{fill:none;stroke:#00494f;stroke-width:2;stroke-linejoin:round}"
        ".tg{stroke:#4e5a62;stroke-width:1.25;stroke-dasharray:4 4}.tl{fill:#4e5a62;font-weight:600}"
        ".fillok{fill:#d4eeec}.gap{fill:#f6d5d3}.pt{fill:#ffffff;stroke:#00494f;stroke-width:1.75}"
        ".miss{fill:#bc272c;stroke:#ffffff}.pill{fill:#fdecea}.an{fill:#bc272c;font-weight:600}"
        ".hl{stroke:#5d686f;stroke-width:1}.ht.now{opacity:.35}.mk{fill:#905700;fill-opacity:.1}.mk.closure{fill:#5d686f}"
        ".tag{fill:#905700}.tag.closure{fill:#5d686f}.tn{fill:#ffffff;font-weight:600}"
        f".hit{{fill:none}}.cell.none{{fill:none;stroke:#dfe4e7}}{steps}.in{{fill:#131b25;font-weight:600}}"
        ".line{fill:none;stroke:#006f71;stroke-width:1.75;stroke-linejoin:round}"
        ".area{fill:#006f71;fill-opacity:.11}.warn .line{stroke:#905700}.warn .area{fill:#905700}"
        ".track{fill:#dfe4e7}.fill{fill:#007742}.goal{fill:#131b25}.warn .fill{fill:#905700}"
        ".bad .fill{fill:#bc272c}.plain .fill{fill:#4e5a62}"
    )


SCREEN = Palette()
PRINT = Palette(_rules())
