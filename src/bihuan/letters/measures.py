"""The measures of GB/T 9704-2012, in the units Word keeps: twips (1/20 pt) and half-points.

The page's grid is 22 lines of 28 characters of size 3 (16 pt) in 156 × 225 mm. 28 × 16 pt is 448 pt and the text
area 442.2 pt, so each character is set 0.25 pt closer; a line is 28.95 pt, exactly.
"""

from __future__ import annotations

PAGE_MM = (210, 297)
TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 37, 35, 28, 26
TEXT_MM = (156, 225)
LINES, CHARACTERS = 22, 28
LINE = 579
"""One line of the grid, twips."""
CHARACTER = 315
"""One character of the grid: 16 pt less 0.25 pt, twips."""
CLOSER = -5
SIZE_2, SIZE_3, SIZE_4 = 44, 32, 28
"""2号, 3号, 4号 in half-points."""
RED = "FF0000"

FANG, HEI, KAI, SONG, XIAOBIAO = (
    "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体", "方正小标宋简体",
)  # fmt: skip
ALTERNATIVES = {
    FANG: "仿宋,FangSong,FandolFang R,Noto Serif CJK SC",
    HEI: "SimHei,Noto Sans CJK SC",
    KAI: "楷体,KaiTi,LXGW WenKai,Noto Serif CJK SC",
    SONG: "SimSun,Noto Serif CJK SC",
    XIAOBIAO: "小标宋体,FZXiaoBiaoSong-B05S,Noto Serif CJK SC",
}
"""What Word, WPS or LibreOffice takes where the named font is not installed; the last ones are open."""


def twips(mm: float) -> int:
    """Millimetres as twips."""
    return round(mm * 1440 / 25.4)
