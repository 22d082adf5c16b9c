"""GB/T 9704-2012, checked from outside: what a .docx says in its XML, and what LibreOffice drew of it.

Nothing of bihuan.letters is used here: the numbers are the standard's own.
"""

from __future__ import annotations

import re
import subprocess
import zipfile
from collections import defaultdict
from io import BytesIO
from pathlib import Path

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MM = 1440 / 25.4
FONTS = {
    "发文机关标志": ("方正小标宋简体", None),
    "发文字号": ("仿宋_GB2312", 32),
    "公文标题": ("方正小标宋简体", 44),
    "主送机关": ("仿宋_GB2312", 32),
    "正文段落": ("仿宋_GB2312", 32),
    "一级标题": ("黑体", 32),
    "二级标题": ("楷体_GB2312", 32),
    "三级标题": ("仿宋_GB2312", 32),
    "四级标题": ("仿宋_GB2312", 32),
    "发文机关署名": ("仿宋_GB2312", 32),
    "成文日期": ("仿宋_GB2312", 32),
    "附注": ("仿宋_GB2312", 32),
    "版记": ("仿宋_GB2312", 28),
}
NUMBER = re.compile(r"[\u4e00-\u9fff]{2,20}〔(?:19|20)\d\d〕[1-9]\d*号")
DAY = re.compile(r"[12]\d{3}年(?:[1-9]|1[0-2])月(?:[1-9]|[12]\d|3[01])日")
LEVELS = {
    "一级标题": r"[一二三四五六七八九十]+、",
    "二级标题": r"（[一二三四五六七八九十]+）",
    "三级标题": r"\d+[.．]",
    "四级标题": r"（\d+）",
}


def faults(content: bytes) -> list[str]:
    """Everything in a .docx that does not agree with the standard; empty when all does."""
    with zipfile.ZipFile(BytesIO(content)) as parts:
        names = parts.namelist()
        document = etree.fromstring(parts.read("word/document.xml"))
        styles = etree.fromstring(parts.read("word/styles.xml"))
        settings = etree.fromstring(parts.read("word/settings.xml"))
        others = {
            name: etree.fromstring(parts.read(name))
            for name in names
            if re.match(r"word/(header|footer)\d*\.xml", name)
        }
    ids = {
        s.get(f"{W}styleId"): s.find(f"{W}name").get(f"{W}val") for s in styles.iter(f"{W}style")
    }
    found = [*_page(document), *_settings(settings), *_styles(styles)]
    paragraphs = [(_style(p, ids), _text(p), p) for p in document.iter(f"{W}p")]
    heads = [(_style(p, ids), _text(p), p) for part in others.values() for p in part.iter(f"{W}p")]
    return [*found, *_parts(paragraphs, heads), *_numbers(others), *_runs(paragraphs)]


def _page(document: etree._Element) -> list[str]:
    section = document.find(f".//{W}sectPr")
    size, margin, grid = (section.find(f"{W}{tag}") for tag in ("pgSz", "pgMar", "docGrid"))
    wanted = {
        "纸宽": (size, "w", 210), "纸高": (size, "h", 297), "天头": (margin, "top", 37),
        "订口": (margin, "left", 28), "版心右": (margin, "right", 26), "版心下": (margin, "bottom", 35),
    }  # fmt: skip
    found = []
    for what, (element, name, mm) in wanted.items():
        real = int(element.get(f"{W}{name}")) / MM
        if abs(real - mm) > 1:
            found.append(f"{what} {real:.1f} mm，应为 {mm}±1 mm")
    pitch = int(grid.get(f"{W}linePitch", "0")) if grid is not None else 0
    if not pitch or int(225 * MM / pitch) != 22:
        found.append("没有 22 行的网格")
    return found


def _settings(settings: etree._Element) -> list[str]:
    return [] if settings.find(f"{W}evenAndOddHeaders") is not None else ["页码没有分单双页"]


def _styles(styles: etree._Element) -> list[str]:
    found = []
    for style in styles.iter(f"{W}style"):
        name = style.find(f"{W}name").get(f"{W}val")
        if name not in FONTS:
            continue
        font, size = FONTS[name]
        fonts, half = style.find(f"{W}rPr/{W}rFonts"), style.find(f"{W}rPr/{W}sz")
        if fonts is None or fonts.get(f"{W}eastAsia") != font:
            found.append(f"“{name}”的字体不是{font}")
        if size and (half is None or int(half.get(f"{W}val")) != size):
            found.append(f"“{name}”的字号不是 {size / 2} 磅")
    return found


def _runs(paragraphs: list[tuple[str, str, etree._Element]]) -> list[str]:
    """Nothing set by hand on a run may undo its part's font or size."""
    found = []
    for style, text, paragraph in paragraphs:
        if style not in FONTS or style == "发文机关标志" or not text:
            continue
        font, size = FONTS[style]
        for run in paragraph.iter(f"{W}rPr"):
            fonts, half = run.find(f"{W}rFonts"), run.find(f"{W}sz")
            if fonts is not None and fonts.get(f"{W}eastAsia") not in (None, font):
                found.append(f"“{text[:12]}”的字体被改过")
            if half is not None and size and int(half.get(f"{W}val")) != size:
                found.append(f"“{text[:12]}”的字号被改过")
    return found


def _parts(
    paragraphs: list[tuple[str, str, etree._Element]], heads: list[tuple[str, str, etree._Element]]
) -> list[str]:
    texts = defaultdict(list)
    for style, text, _ in [*paragraphs, *heads]:
        texts[style].append(text)
    found = []
    if not any(texts["发文机关标志"]):
        found.append("没有发文机关标志")
    if sum(map(bool, texts["公文标题"])) != 1:
        found.append("标题不是一个")
    numbers = [
        *texts["发文字号"],
        *(text.split("\t")[-1] for text in texts["版头要素"] if "号" in text),
    ]
    if not any(NUMBER.fullmatch(text) for text in numbers):
        found.append(f"发文字号不合格式：{numbers}")
    if not (len(texts["成文日期"]) == 1 and DAY.fullmatch(texts["成文日期"][0])):
        found.append(f"成文日期不合格式：{texts['成文日期']}")
    for style, begins in LEVELS.items():
        found += [f"“{t}”不是{style}" for t in texts[style] if not re.match(begins, t)]
    found += [f"主送机关没有冒号：{t}" for t in texts["主送机关"] if not t.endswith("：")]
    found += [
        f"附件说明有标点：{t}"
        for t in [*texts["附件说明"], *texts["附件续行"]]
        if t[-1:] in "。；，"
    ]
    reds = [
        p
        for style, text, p in [*paragraphs, *heads]
        if p.find(f".//{W}pBdr/*[@{W}color='FF0000']") is not None
    ]
    if not reds:
        found.append("没有红色分隔线")
    return found


def _numbers(others: dict[str, etree._Element]) -> list[str]:
    """— 1 —, odd on the right and even on the left."""
    sides = set()
    for part in others.values():
        if "PAGE" not in "".join(part.itertext()):
            continue
        words = "".join(t.text or "" for t in part.iter(f"{W}t"))
        if words.split() != ["—", "—"]:
            return [f"页码的样子不对：{words}"]
        sides |= {jc.get(f"{W}val") for jc in part.iter(f"{W}jc")}
    return [] if sides == {"right", "left"} else [f"页码的位置不对：{sorted(sides)}"]


def _style(paragraph: etree._Element, ids: dict[str, str]) -> str:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    return ids.get(style.get(f"{W}val"), "") if style is not None else "Normal"


def _text(paragraph: etree._Element) -> str:
    words = ""
    for element in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br"):
        if element.tag == f"{W}t":
            words += element.text or ""
        elif element.getparent().tag == f"{W}r":
            words += "\t" if element.tag == f"{W}tab" else ""
    return words


# As drawn


def lines_of(pdf: Path, page: int) -> list[tuple[float, str]]:
    """(top in points, words) of each line on a page, top to bottom, without the page number."""
    drawn = subprocess.run(
        ["pdftotext", "-bbox-layout", "-f", str(page), "-l", str(page), str(pdf), "-"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    tree = etree.fromstring(drawn, etree.XMLParser(recover=True))
    lines: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for word in tree.iter("{*}word"):
        lines[round(float(word.get("yMin")) / 6)].append((float(word.get("xMin")), word.text or ""))
    rows = [
        (top * 6.0, "".join(text for _, text in sorted(words)))
        for top, words in sorted(lines.items())
    ]
    merged: list[tuple[float, str]] = []
    for top, words in rows:
        if merged and top - merged[-1][0] < 10:
            merged[-1] = (merged[-1][0], merged[-1][1] + words)
        else:
            merged.append((top, words))
    return [
        (top, words) for top, words in merged if not re.fullmatch(r"[—－\s]*\d+[—－\s]*", words)
    ]
