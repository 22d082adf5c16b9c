"""Understanding the cells offices write: dates, numbers, bodies, people and choices.

Every function takes a raw cell and gives the clean value, None for an empty cell, or raises
`BadValue` with a reason in plain Chinese. Nothing is guessed where two readings are possible.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal, TypeVar

from bihuan.exchange.sheets import Cell

Precision = Literal["day", "month"]
T = TypeVar("T")

YEARS = range(1949, 2101)
EXCEL_EPOCH = date(1899, 12, 30)
"""Day 0 of the serial numbers, set so that the 29 February 1900 Excel believes in does no harm."""

PLACEHOLDERS = frozenset({"", "/", "\\", "-", "--", "—", "——", "无", "空", "n/a"})
"""What stands in a cell to say that nothing stands there."""

BODY_ENDINGS = tuple("局委办厅署院会部室处科所站队团社行校心场府馆司庭)）")
PLACE_ENDINGS = ("镇", "乡", "村", "区", "县", "市", "街道")
"""A blank parts two bodies behind a body's ending, or between two places of one kind (甲镇 乙镇);
elsewhere it is mere typesetting (某市 教育局)."""

_CHINESE_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_DATE = re.compile(
    r"(?P<year>\d{4})[年\-/.。,、—–](?P<month>\d{1,2})(?:月份?|[\-/.。,、—–])?"
    r"(?:(?P<day>\d{1,2})[日号]?)?[.。]?"
)
_COMPACT = re.compile(r"(?P<year>(?:19|20)\d{2}|2100)(?P<month>\d{2})(?P<day>\d{2})?")
_CLOCK = re.compile(r"(?<=[\d日号])[t\s]+\d{1,2}[:时点]\d{1,2}(?:[:分]\d{0,2}(?:\.\d+)?秒?)?z?$")
_SEPARATORS = re.compile(r"[、,，;；/|\n\r]")
_MORE = re.compile(r"等?\(?(?:等|共|合计)?(\d+)(?:人|名|位)(?:代表|委员)?\)?$")
_CATEGORY = re.compile(r"[a-d甲乙丙丁一二三四]\d?|.{0,4}(解决|采纳|列入计划|参考).{0,4}")
_LABEL = re.compile(r"^[^:：、,，]{2,6}[:：]")
_NUMBERED = re.compile(r"(?:(?:代表)?(?:建议|议案|提案|意见))?(?:编号|no\.?)?[:：]?", re.IGNORECASE)


class BadValue(ValueError):
    """A cell that cannot be understood: the value as written and the reason, in Chinese."""

    def __init__(self, value: object, reason: str) -> None:
        super().__init__(f"“{value}”：{reason}")
        self.value = value
        self.reason = reason


@dataclass(frozen=True)
class PartialDate:
    """A date as exactly as it was written; for a month, `day` is the first of that month."""

    day: date
    precision: Precision = "day"


@dataclass(frozen=True)
class People:
    """The people named, and how many there are in all (`open_ended`: “等” without a number)."""

    names: tuple[str, ...]
    count: int
    open_ended: bool = False


def text(raw: Cell) -> str:
    """Any cell as one would read it: 4.0 → "4", dates as yyyy-mm-dd, blanks at the ends removed."""
    if isinstance(raw, str):
        return raw.strip().strip("\ufeff\u200b").strip()
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, float):
        return _number_text(raw)
    if isinstance(raw, datetime):
        return raw.isoformat(" ", "seconds")
    return str(raw)


def read_date(raw: Cell) -> PartialDate | None:
    """A date in any style in use; a month alone is kept as such. Years from 1949 to 2100."""
    if isinstance(raw, datetime):
        return _checked(raw, raw.year, raw.month, raw.day)
    if isinstance(raw, date):
        return _checked(raw, raw.year, raw.month, raw.day)
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _date_of_number(raw)
    if not isinstance(raw, str):
        raise BadValue(text(raw), "不是日期")
    shown = _plain(raw)
    return None if shown in PLACEHOLDERS else _date_of_text(text(raw), shown)


def read_number(raw: Cell) -> str | None:
    """A matter's number: "第9号", "9" and 9.0 are one; "第098号" keeps its printed zeros.

    A float of more than 15 digits has lost its end in Excel and is refused.
    """
    if isinstance(raw, float) and abs(raw) >= 1e15:
        raise BadValue(text(raw), "编号超过15位，Excel 已丢失末尾数字，请把这一列设为文本后重填")
    if isinstance(raw, float) and not raw.is_integer():
        raise BadValue(text(raw), "编号应是整数或文字，不能是小数")
    number = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text(raw)))
    bare = number if number.casefold() in PLACEHOLDERS else _unwrapped(number)
    return None if bare.casefold() in PLACEHOLDERS else bare


def read_bodies(raw: Cell) -> list[str]:
    """The bodies in one cell, each once, in order. What stands in brackets is never parted."""
    parts = (part for piece in _outside_brackets(text(raw)) for part in _parted_by_blanks(piece))
    names = (re.sub(r"(?<=.)(?:牵头|负责)$", "", part.strip(" 。.　")) for part in parts)
    return list(dict.fromkeys(n for n in names if _plain(n) not in PLACEHOLDERS))


def read_people(raw: Cell) -> People | None:
    """People in one cell: "张某、李某等12人" → two names, twelve people."""
    shown = text(raw)
    if _plain(shown) in PLACEHOLDERS:
        return None
    listed, count, more = _without_count(shown)
    pieces = [_LABEL.sub("", piece.strip()) for piece in _SEPARATORS.split(listed)]
    names = tuple(dict.fromkeys(name for piece in pieces for name in _names(piece)))
    if count is not None and count < len(names):
        raise BadValue(shown, f"写着{count}人，但列出了{len(names)}个姓名")
    if not names:
        raise BadValue(shown, "没有写出姓名")
    return People(names, count or len(names), more and count is None)


def read_choice(raw: Cell, allowed: Mapping[str, T]) -> T | None:
    """The value `allowed` gives for the word: "A类", "ａ" and "A(已解决)" find the word "A"."""
    return choice_reader(allowed)(raw)


def choice_reader(allowed: Mapping[str, T]) -> Callable[[Cell], T | None]:
    """The same for many cells of one column: the words are made ready once."""
    known = {_choice_form(word): value for word, value in allowed.items()}
    return lambda raw: _read_choice(raw, allowed, known)


def _read_choice(raw: Cell, allowed: Mapping[str, T], known: Mapping[str, T]) -> T | None:
    shown = text(raw)
    if _plain(shown) in PLACEHOLDERS - {"无"} or (shown == "无" and shown not in allowed):
        return None
    found = [known[form] for form in _choice_forms(shown) if form in known]
    if not found or any(value != found[0] for value in found):
        raise BadValue(shown, f"不在可填的范围内，可填：{'、'.join(allowed)}")
    return found[0]


def read_decimal(raw: Cell) -> Decimal | None:
    """A quantity with or without its unit: "1,234件", "11.44%", 69.0."""
    if isinstance(raw, float | int) and not isinstance(raw, bool):
        return Decimal(_number_text(float(raw)))
    shown = _plain(text(raw))
    if shown in PLACEHOLDERS:
        return None
    found = re.fullmatch(r"([+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[+-]?\d+(?:\.\d+)?)\D{0,3}", shown)
    if found is None:
        raise BadValue(text(raw), "不是数字")
    return Decimal(found[1].replace(",", ""))


def looks_like_reply_category(value: str) -> bool:
    """Whether a value is one of the usual reply categories (A/B/C/D, 甲乙丙丁, 已解决…)."""
    return bool(_CATEGORY.fullmatch(_choice_form(value)))


def _number_text(number: float) -> str:
    if number != number or number in (float("inf"), float("-inf")):
        return str(number)
    return str(int(number)) if number.is_integer() else f"{number:.15g}"


def _plain(shown: str) -> str:
    """Half-width, small letters, no blanks: what is compared, never what is kept."""
    return "".join(unicodedata.normalize("NFKC", shown).split()).casefold()


def _checked(
    raw: Cell, year: int, month: int, day: int, precision: Precision = "day"
) -> PartialDate:
    if year not in YEARS:
        raise BadValue(text(raw), f"年份{year}不在{YEARS[0]}至{YEARS[-1]}年之间")
    if not 1 <= month <= 12:
        raise BadValue(text(raw), f"没有{month}月")
    try:
        return PartialDate(date(year, month, day), precision)
    except ValueError as error:
        raise BadValue(text(raw), f"{year}年{month}月没有{day}日") from error


def _date_of_number(raw: float) -> PartialDate:
    """A number in a date's place: yyyymmdd, yyyymm, a serial of Excel, or 2022.8 for August."""
    number = _number_text(float(raw))
    if compact := _COMPACT.fullmatch(number):
        return _of_match(raw, compact)
    if raw != raw or not 0 < raw < 100_000:
        raise BadValue(text(raw), "不是日期")
    if raw >= 20_000:
        day = EXCEL_EPOCH + timedelta(days=int(raw))
        return _checked(raw, day.year, day.month, day.day)
    if int(raw) not in YEARS or raw == int(raw):
        raise BadValue(text(raw), "不是完整的日期，请写成 2024-05-03 的样子")
    month = number.partition(".")[2]
    if month == "1":
        raise BadValue(text(raw), "分不清是1月还是10月，请写成 2024-01 或 2024-10")
    return _checked(raw, int(raw), int(month), 1, "month")


def _date_of_text(raw: str, shown: str) -> PartialDate:
    bare = re.sub(r"\((?:星期|周).\)|(?:星期|周)[一二三四五六日天]$", "", shown)
    bare = re.sub(r"\s+", "", _CLOCK.sub("", _spaced(raw))) if _CLOCK.search(_spaced(raw)) else bare
    bare = _arabic(bare)
    if re.fullmatch(r"\d{5}(?:\.\d+)?", bare):
        return _date_of_number(float(bare))
    found = _COMPACT.fullmatch(bare) or _DATE.fullmatch(bare)
    if found is None:
        raise BadValue(raw, _why_no_date(bare))
    return _of_match(raw, found)


def _spaced(raw: str) -> str:
    return unicodedata.normalize("NFKC", raw).casefold()


def _of_match(raw: Cell, found: re.Match[str]) -> PartialDate:
    year, month, day = found["year"], found["month"], found["day"]
    if day is None:
        return _checked(raw, int(year), int(month), 1, "month")
    return _checked(raw, int(year), int(month), int(day))


def _arabic(shown: str) -> str:
    """二〇二三年十二月三十日 → 2023年12月30日; anything else unchanged."""
    if not re.fullmatch(r"[〇零○一二三四五六七八九]{4}年[一二三四五六七八九十]{1,3}月.*", shown):
        return shown
    year, rest = shown[:4].translate(_CHINESE_DIGITS), shown[4:]
    return year + re.sub(r"[一二三四五六七八九十]+", lambda m: str(_small_number(m[0])), rest)


def _small_number(words: str) -> int:
    tens, ten, ones = words.rpartition("十")
    units = int(ones.translate(_CHINESE_DIGITS)) if ones else 0
    return units if not ten else 10 * int((tens or "一").translate(_CHINESE_DIGITS)) + units


def _why_no_date(shown: str) -> str:
    if re.fullmatch(r"\d{4}年?", shown):
        return "只有年份，请补上月和日"
    if re.fullmatch(r"\d{2}[年\-/.]\d{1,2}[月\-/.]\d{1,2}日?", shown):
        return "年份要写四位"
    if re.fullmatch(r"\d{1,2}[月\-/.]\d{1,2}[日号]?", shown):
        return "没有年份"
    if re.fullmatch(r"\d{1,2}[\-/.]\d{1,2}[\-/.]\d{4}", shown):
        return "请把年份写在前面"
    if len(re.findall(r"\d{4}[年\-/.]", shown)) > 1:
        return "一格里有不止一个日期"
    return "不是日期，请写成 2024-05-03 的样子"


def _unwrapped(number: str) -> str:
    """Take off 第…号 as long as what remains is whole (第财政经济类第2号号 → 财政经济类第2号)."""
    number = _NUMBERED.sub("", number, count=1) or number
    while found := re.fullmatch(r"第(.+?)号?", number):
        if not _is_whole(found[1]):
            break
        number = found[1]
    return re.sub(r"^([0-9A-Za-z\-]+)号$", r"\1", number)


def _is_whole(number: str) -> bool:
    return bool(re.fullmatch(r"[^第号]+|(?:[^第号]*第[^第号]+号)+[^第号]*|第.+号", number))


def _outside_brackets(shown: str) -> list[str]:
    """Pieces between separators, reading over bracketed text; odd brackets protect nothing."""
    if shown.count("(") + shown.count("（") != shown.count(")") + shown.count("）"):
        return _SEPARATORS.split(shown)
    pieces, depth = [""], 0
    for sign in shown:
        depth += (sign in "(（") - (sign in ")）")
        if depth <= 0 and _SEPARATORS.match(sign):
            pieces.append("")
        else:
            pieces[-1] += sign
    return pieces


def _parted_by_blanks(piece: str) -> list[str]:
    parts: list[str] = []
    for word in piece.split():
        if parts and not _parts(parts[-1], word):
            parts[-1] += word
        else:
            parts.append(word)
    return parts


def _parts(before: str, after: str) -> bool:
    if after.startswith(("(", "（")):
        return False
    alike = any(before.endswith(end) and after.endswith(end) for end in PLACE_ENDINGS)
    return before.endswith(BODY_ENDINGS) or alike


def _without_count(shown: str) -> tuple[str, int | None, bool]:
    """The names alone, the number of people if one is written, and whether it says “and others”."""
    flat = re.sub(r"(?<=[等共\d])\s+|\s+(?=[等共(（])", "", shown).translate(
        str.maketrans("（）０１２３４５６７８９", "()0123456789")
    )
    if found := _MORE.search(flat):
        return flat[: found.start()].rstrip("等("), int(found[1]), True
    listed = re.sub(r"等(?:人|代表|同志)?$", "", flat)
    return listed, None, listed != flat


def _names(piece: str) -> list[str]:
    """Names parted by blanks; single characters belong together (张 三 → 张三)."""
    names: list[str] = []
    for word in piece.split():
        if names and len(word) == 1 and len(names[-1]) == 1:
            names[-1] += word
        else:
            names.append(word)
    return names


def _choice_form(word: str) -> str:
    return _plain(word).strip("“”\"'。.√").removesuffix("类") or _plain(word)


def _choice_forms(shown: str) -> list[str]:
    """The whole word; failing brackets, also what stands before and inside them."""
    plain = _plain(shown)
    inner = re.findall(r"\(([^()]*)\)", plain)
    outer = re.sub(r"\([^()]*\)", "", plain)
    return [_choice_form(form) for form in (plain, outer, *inner) if form]
