"""Picture: a chart with its caption, shown inline and saved without any network.

Altair describes the chart; vl-convert, which carries Vega with it, draws PNG and SVG and
packs HTML.  A notebook gets the drawing itself, so that it shows anywhere, offline too.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vankien.errors import OutputError, UsageError

__all__ = ["COLOURS", "SHADES", "Picture", "altair", "picture"]

COLOURS = ("#0b4f8a", "#c06000", "#0a7d60", "#a33b76", "#3f3f46", "#5aa7d6", "#d9a400", "#7a5195")
"""Colours told apart by the colour-blind (after Okabe and Ito, darkened for text and lines)."""

SHADES = ("#e8f0f7", "#c3d9ea", "#8fbbdc", "#4f93c4", "#1f6aa3", "#0b3f6b")
"""One hue from light to dark, readable in grey print."""

FONT = "Noto Sans, DejaVu Sans, Segoe UI, Helvetica, Arial, sans-serif"
GREY = "#56606e"
CAPTION_WIDTH = 96
"""Characters of a line of the caption."""

FORMATS = (".png", ".svg", ".html", ".json")
SCALE = 2.0
"""Pixels of a PNG for each of the chart's, so that print is sharp."""


def altair() -> Any:
    """Return the module altair.  Raises UsageError (V401) where it is not installed."""
    try:
        import altair as alt
        import vl_convert  # noqa: F401 - what draws; without it nothing can be shown
    except ImportError as error:
        detail = (
            f"the package {error.name} is not installed; install the extra 'notebook': "
            "pip install 'vankien[notebook]'"
        )
        raise UsageError("V401", "pictures", detail=detail) from error
    return alt


@dataclass(frozen=True, slots=True, repr=False)
class Picture:
    """A chart (``chart``, an Altair chart), its ``title``, its ``caption``, and its data.

    ``n`` holds the numbers behind it, ``rows`` what is drawn, one dictionary a mark.
    """

    chart: Any
    title: str
    caption: str
    n: dict[str, int]
    rows: Sequence[dict[str, Any]]

    def svg(self) -> str:
        """Return the picture as SVG."""
        import vl_convert

        text: str = vl_convert.vegalite_to_svg(self.chart.to_dict())
        return text

    def png(self, *, scale: float = SCALE) -> bytes:
        """Return the picture as PNG."""
        import vl_convert

        data: bytes = vl_convert.vegalite_to_png(self.chart.to_dict(), scale=scale)
        return data

    def html(self) -> str:
        """Return the picture as one HTML page that needs no network.

        Altair writes the data into the page's script as they are; here no text of a document
        can end the script.  Raises UsageError (V401) where the data are not found in the page.
        """
        page = str(self.chart.to_html(inline=True))
        data = json.dumps(self.chart.to_dict())
        if page.count(data) != 1:
            detail = "this version of altair writes pages otherwise; save PNG or SVG"
            raise UsageError("V401", "html", detail=detail)
        return page.replace(data, data.replace("<", "\\u003c"))

    def save(self, to: str | Path) -> Path:
        """Write PNG, SVG, HTML (one file, no network) or JSON, as the file's name ends.

        Raises UsageError (V401) for another ending, OutputError (V202) where it cannot be
        written.
        """
        target = Path(to)
        form = target.suffix.lower()
        if form not in FORMATS:
            detail = f"{form or 'no ending'} is no form of a picture; they are {', '.join(FORMATS)}"
            raise UsageError("V401", str(to), detail=detail)
        if form == ".png":
            data = self.png()
        elif form == ".svg":
            data = self.svg().encode()
        elif form == ".json":
            data = str(self.chart.to_json(indent=1)).encode()
        else:
            data = self.html().encode()
        try:
            target.write_bytes(data)
        except OSError as error:
            raise OutputError("V202", str(to), detail=error.strerror or str(error)) from error
        return target

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"image/svg+xml": self.svg(), "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"<{self.title}. {self.caption}>"


def picture(
    chart: Any, *, title: str, caption: str, n: dict[str, int], rows: Sequence[dict[str, Any]]
) -> Picture:
    """Dress a chart with title, caption and quiet axes."""
    lines = textwrap.wrap(caption, CAPTION_WIDTH)
    dressed = (
        chart.properties(
            title={"text": title, "subtitle": lines, "anchor": "start", "frame": "bounds",
                   "offset": 14}
        )
        .configure(font=FONT, background="white", padding=16)
        .configure_title(fontSize=16, fontWeight=600, subtitleFontSize=11, subtitleColor=GREY,
                         subtitlePadding=6, color="#1c2430")
        .configure_axis(labelColor="#3f4753", titleColor="#3f4753", titleFontWeight="normal",
                        gridColor="#ececec", domainColor="#b9c2cc", tickColor="#b9c2cc",
                        labelFontSize=11, titleFontSize=11)
        .configure_legend(labelFontSize=11, titleFontSize=11, labelLimit=420, symbolSize=90,
                          titleFontWeight="normal", labelColor="#3f4753", titleColor="#3f4753")
        .configure_view(stroke=None)
    )  # fmt: skip
    return Picture(dressed, title, caption, n, rows)
