"""Search terms and likeness of short Chinese texts, both by pairs of characters.

Two suggestions are alike when they ask for the same thing at the same place. Place names therefore
count, and two texts that name different places are never as alike as their wording.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_HAN_OR_WORD = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff〇]+|[a-z0-9]+")
_FORMULA = re.compile(
    r"关于|的?(?:建议|议案|提案|意见|请求|问题)|进一步|继续|切实|大力|积极|尽快|尽早|"
    r"加大|加强|加快|强化|推进|推动|"
    r"完善|提升|提高|优化|促进|做好|抓好|支持|帮助|恳请|请求|希望|要求|呼吁|应当|能够|"
    r"力度|工作|有关部门|相关部门|"
    r"我们|我[县市区镇乡村]|本[县市区镇乡村]|群众|广大|居民|村民|目前|当前|现在|由于|"
    r"因为|因此|以及|并且|进行|给予|予以|"
    r"方便|保障|解决|带来|造成|影响|严重|十分|非常|很多|一些|没有|不便"
)
# The commonest ways of naming the same request; each class is folded into its first word.
_SAME = {
    "建": "修建|新建|兴建|建设|建造|建盖|增建|增设|新设|设置|设立|增加|安装|加装|新增|配备|"
"配置|添置",
    "修": "维修|修缮|修复|整修|翻修|检修|维护|改造|改建|养护",
    "路灯": "照明灯|照明设施|道路照明|太阳能灯",
    "路": "公路|道路|马路|路面|村道|街道路",
    "坏": "破损|损坏|损毁|毁坏|破烂|坑洼|老化|失修|年久失修",
    "红绿灯": "交通信号灯|信号灯|交通灯",
    "公交": "公共汽车|公共交通|公交车|班车",
    "停车位": "停车场|停车泊位|泊车位|车位",
    "老人": "老年人|长者|高龄人群",
    "菜市场": "农贸市场|集贸市场|农产品市场",
    "饮水": "自来水|供水|吃水|用水|人饮",
    "水渠": "沟渠|灌渠|渠道|水沟",
    "厕所": "公厕|卫生间|公共厕所",
    "上学": "入学|就学|就读",
    "看病": "就医|就诊|诊疗",
    "健身器材": "体育器材|健身设施|体育设施|健身器械",
    "垃圾": "废弃物|生活垃圾",
}  # fmt: skip
_FOLD = {word: first for first, words in _SAME.items() for word in words.split("|")}
_FOLDED = re.compile("|".join(sorted(_FOLD, key=len, reverse=True)))
_PLACE = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{2,4}?)(?P<kind>村|(?:街道|社区|小区|大道|镇|乡|路|街|巷|"
    r"桥|河|渠|水库|中学|小学|学校|医院)"
    r"(?!街|路|村|镇|乡|桥|巷|社区|小区|大道|小学|中学))"
)
_BEFORE_PLACE = re.compile(
    r".*(?:[在对到至从和与及或把将为给的修是有里向由请于设建造盖装增改]|关于|位于|以及|"
    r"县城|[县市区镇乡村])"
)
_NO_PLACE = frozenset(
    [
        "农村",
        "乡村",
        "山村",
        "全村",
        "本村",
        "各村",
        "行政村",
        "自然村",
        "贫困村",
        "城镇",
        "乡镇",
        "集镇",
        "道路",
        "公路",
        "铁路",
        "马路",
        "线路",
        "水路",
        "老旧小区",
        "各小区",
        "住宅小区",
        "大街",
        "沿街",
        "危桥",
        "大桥",
        "小桥",
        "河道",
        "沟渠",
        "灌渠",
        "水渠",
        "背街",
        "小巷",
        "城区中学",
        "卫生医院",
    ]
)
_LIGHT = 0.35
_LIGHT_PAIRS = frozenset(
    [
        "设施",
        "项目",
        "服务",
        "管理",
        "情况",
        "条件",
        "环境",
        "资金",
        "发展",
        "经济",
        "社会",
        "生活",
        "安全",
        "出行",
        "需要",
        "需求",
        "实施",
        "基础",
    ]
)
_PLACE_WEIGHT = 1.5
_TITLE_WEIGHT = 2.0
_OTHER_PLACE = 0.6
_LONGEST = 1200


def fold(text: str) -> str:
    """The text in half-width, lower-case form, as it is indexed and searched."""
    return unicodedata.normalize("NFKC", text).lower()


def bigrams(text: str) -> list[str]:
    """The search tokens of a text in order: pairs of Han characters, whole Latin and digit words.

    A Han character that stands alone is a token by itself. The same function makes the index and
    the phrases asked of it, so that neighbouring tokens find every substring of two characters up.
    """
    return [token for run in _HAN_OR_WORD.findall(fold(text)) for token in _tokens(run)]


def _tokens(run: str) -> list[str]:
    if run.isascii() or len(run) == 1:
        return [run]
    return [run[index : index + 2] for index in range(len(run) - 1)]


def search_terms(query: str) -> list[list[str]]:
    """The phrases of a query, one for each word parted by white space or marks, as tokens.

    All of them must be found, each as neighbouring tokens. A phrase of one Han character asks for
    tokens that begin with it.
    """
    phrases = re.split(r"[^\w]+", fold(query).replace("_", " "))
    return [tokens for phrase in phrases if (tokens := bigrams(phrase))]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a suggestion asks for, as weighted pairs of characters, and the places it names."""

    pairs: dict[str, float]
    places: frozenset[str]
    weight: float


def fingerprint(title: str, text: str = "") -> Fingerprint:
    """The fingerprint of a suggestion; the title counts double, the text up to 1,200 characters."""
    pairs: dict[str, float] = {}
    for part, factor in ((text[:_LONGEST], 1.0), (title, _TITLE_WEIGHT)):
        for pair in bigrams(_core(part)):
            pairs[pair] = max(pairs.get(pair, 0.0), factor * _weight(pair))
    places = _places(title) or _places(text[:_LONGEST])
    for pair in {pair for place in places for pair in bigrams(place)} & pairs.keys():
        pairs[pair] *= _PLACE_WEIGHT
    return Fingerprint(pairs, places, sum(pairs.values()))


def _core(text: str) -> str:
    """The wording without forms of politeness and with the same things named by the same word."""
    bare = _FORMULA.sub(" ", fold(text))
    return _FOLDED.sub(lambda match: _FOLD[match[0]], bare)


def _weight(pair: str) -> float:
    return _LIGHT if pair in _LIGHT_PAIRS else 1.0


def _places(text: str) -> frozenset[str]:
    """The places named, each by its last two characters and its kind: 柳湾村, 家关村."""
    found = set()
    for run in _HAN_OR_WORD.findall(_FORMULA.sub(" ", fold(text))):
        for match in _PLACE.finditer(run):
            name = _BEFORE_PLACE.sub("", match["name"])
            place = name[-2:] + match["kind"]
            if len(name) >= 2 and place not in _NO_PLACE:
                found.add(place)
    return frozenset(found)


def likeness(one: Fingerprint, other: Fingerprint) -> float:
    """How far two fingerprints ask for the same thing: 0 (nothing shared) to 1."""
    lighter = min(one.weight, other.weight)
    if not lighter:
        return 0.0
    common = one.pairs.keys() & other.pairs.keys()
    shared = sum(min(one.pairs[pair], other.pairs[pair]) for pair in common)
    dice = 2 * shared / (one.weight + other.weight)
    score = (dice + shared / lighter) / 2
    return score * _OTHER_PLACE if _elsewhere(one, other) else score


def _elsewhere(one: Fingerprint, other: Fingerprint) -> bool:
    return bool(one.places and other.places and not one.places & other.places)


@lru_cache(maxsize=4096)
def _print_of(text: str) -> Fingerprint:
    """The first line is the title."""
    title, _, rest = text.partition("\n")
    return fingerprint(title, rest)


def similarity(a: str, b: str) -> float:
    """The likeness of two suggestions from 0 to 1; the first line of each is its title."""
    return likeness(_print_of(a), _print_of(b))


def why(a: str, b: str) -> list[str]:
    """The phrases of `a` that `b` has as well, longest first, to be shown to a person."""
    left, right = _FORMULA.sub(" ", fold(a)), _FORMULA.sub(" ", fold(b))
    shared = set(bigrams(right))
    phrases = {p for run in _HAN_OR_WORD.findall(left) for p in _shared_in(run, shared, right)}
    longest = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return [p for i, p in enumerate(longest) if not any(p in other for other in longest[:i])]


def _shared_in(run: str, shared: set[str], other: str) -> list[str]:
    """The longest stretches of `run`, two characters up, that stand in `other`."""
    if run.isascii():
        return [run] if run in shared else []
    found, start = [], 0
    while start < len(run) - 1:
        end = start + 1
        while end <= len(run) and run[start:end] in other:
            end += 1
        if end - 1 - start >= 2:
            found.append(run[start : end - 1])
        start = max(start + 1, end - 1)
    return found
