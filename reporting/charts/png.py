"""A chart as PNG for mails, without a browser. typst is heavy: it is loaded when the first one is made."""

from django.utils.safestring import SafeString

from reporting.charts.fonts import fonts

PAGE = b"""
#set page(width: auto, height: auto, margin: 8pt, fill: white)
#image(bytes(sys.inputs.chart), format: "svg", width: 570pt)
"""
PPI = 144


def png(chart: SafeString) -> bytes:
    """Return the picture, made with `palette=PRINT`, 570 points wide at twice a screen's density."""
    import typst

    made: bytes = typst.compile(
        PAGE, format="png", ppi=PPI, font_paths=fonts(), sys_inputs={"chart": str(chart)}
    )
    return made
