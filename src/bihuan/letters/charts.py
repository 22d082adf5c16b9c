"""A native chart (DrawingML) in a .docx: Word, WPS and LibreOffice draw it; nothing is a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.text.paragraph import Paragraph

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
WIDE, HIGH_A_BAR, HIGH_BESIDE = 5_500_000, 330_000, 700_000
"""English Metric Units: 360,000 a centimetre. The text area is 15.6 cm wide."""
HIGHEST = 7_400_000
COLOUR = "9B2C2C"


@dataclass(frozen=True)
class Chart:
    """Bars: a title that says the finding, and for each bar its label and value (in `unit`)."""

    title: str
    bars: Sequence[tuple[str, float]]
    unit: str = ""


def put(paragraph: Paragraph, chart: Chart, number: int) -> None:
    """Put the chart into an empty paragraph; `number` tells it from the others of the document."""
    package = paragraph.part.package
    assert package is not None
    name = PackURI(f"/word/charts/chart{number}.xml")
    part = Part(name, CONTENT_TYPE, _xml(chart).encode(), package)
    key = paragraph.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    high = min(HIGHEST, HIGH_BESIDE + HIGH_A_BAR * len(chart.bars))
    paragraph.add_run()._r.append(parse_xml(_inline(key, number, high, chart.title)))


def _inline(key: str, number: int, high: int, title: str) -> str:
    described = escape(title, {'"': "&quot;"})
    return f"""<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="{DRAWING}">
<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{WIDE}" cy="{high}"/>
<wp:docPr id="{1000 + number}" name="图{number}" descr="{described}"/><wp:cNvGraphicFramePr/>
<a:graphic><a:graphicData uri="{CHART}"><c:chart xmlns:c="{CHART}"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="{key}"/>
</a:graphicData></a:graphic></wp:inline></w:drawing>"""


def _xml(chart: Chart) -> str:
    labels = "".join(
        f'<c:pt idx="{n}"><c:v>{escape(label)}</c:v></c:pt>'
        for n, (label, _) in enumerate(chart.bars)
    )
    values = "".join(
        f'<c:pt idx="{n}"><c:v>{value:g}</c:v></c:pt>' for n, (_, value) in enumerate(chart.bars)
    )
    count = f'<c:ptCount val="{len(chart.bars)}"/>'
    form = escape(f'0.##"{chart.unit}"' if chart.unit else "0", {'"': "&quot;"})
    words = (
        '<c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="1100" b="0"><a:solidFill>'
        '<a:srgbClr val="222222"/></a:solidFill><a:latin typeface="宋体"/><a:ea typeface="宋体"/>'
        "</a:defRPr></a:pPr><a:endParaRPr/></a:p></c:txPr>"
    )
    plain = '<c:spPr><a:ln><a:solidFill><a:srgbClr val="888888"/></a:solidFill></a:ln></c:spPr>'
    return f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<c:chartSpace xmlns:c="{CHART}" xmlns:a="{DRAWING}"><c:roundedCorners val="0"/><c:chart>
<c:autoTitleDeleted val="1"/><c:plotArea><c:layout/><c:barChart><c:barDir val="bar"/>
<c:grouping val="clustered"/><c:varyColors val="0"/><c:ser><c:idx val="0"/><c:order val="0"/>
<c:spPr><a:solidFill><a:srgbClr val="{COLOUR}"/></a:solidFill></c:spPr><c:invertIfNegative val="0"/>
<c:dLbls><c:numFmt formatCode="{form}" sourceLinked="0"/><c:spPr><a:noFill/></c:spPr>{words}
<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/>
<c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>
<c:cat><c:strLit>{count}{labels}</c:strLit></c:cat>
<c:val><c:numLit><c:formatCode>General</c:formatCode>{count}{values}</c:numLit></c:val></c:ser>
<c:gapWidth val="60"/><c:axId val="111"/><c:axId val="222"/></c:barChart>
<c:catAx><c:axId val="111"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/>
<c:axPos val="l"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>
{plain}{words}<c:crossAx val="222"/></c:catAx>
<c:valAx><c:axId val="222"/><c:scaling><c:min val="0"/></c:scaling><c:delete val="1"/><c:axPos val="t"/>
<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>
<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="111"/></c:valAx>
</c:plotArea><c:plotVisOnly val="1"/></c:chart></c:chartSpace>"""
