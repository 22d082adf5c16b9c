"""Invented names of persons and places. None is meant to be anybody or anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡"
    "贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷"
)
FIRST = "立守承怀润知明景向维德保修启正思远国秀春玉红丽桂晓文志光海永世兴成长学庆传继家子广新"
SECOND = "田川林山河石松平波梅芳兰琴英霞菊莲霖茂根柱安宁和顺勤敏泽枫岭溪禾谷桥峰岩青榕桦杉栋梁满"

TOWNS: dict[str, tuple[str, ...]] = {
    "青石街道": ("青石街社区", "学府社区", "南门社区", "古井社区", "文庙社区"),
    "江滨街道": ("码头社区", "沿江社区", "柳堤社区", "渡口社区", "船厂社区"),
    "城东街道": ("东关社区", "新城社区", "工业路社区", "桂花园社区", "车站社区"),
    "柳林镇": ("柳湾村", "杏树村", "长堰村", "莲塘村", "北坡村", "周家台村"),
    "石桥镇": ("石板沟村", "桥头村", "黄土岗村", "上河村", "牌楼村", "磨盘村"),
    "白杨镇": ("白杨店村", "槐树村", "沙洲村", "芦花村", "高庙村", "新垸村"),
    "龙泉镇": ("龙泉村", "泉水村", "竹园村", "半坡村", "石门村", "双井村"),
    "大坪镇": ("大坪村", "核桃村", "老屋村", "观音岩村", "油坊村", "松树坪村"),
    "云岭镇": ("云岭村", "茶山村", "高山村", "鹰咀村", "栗子村", "三岔村"),
    "双河镇": ("双河口村", "河西村", "河东村", "水磨村", "官渡村", "梅花村"),
    "枫树乡": ("枫树村", "红叶村", "背阴村", "石碾村", "大湾村", "干沟村"),
    "茶店乡": ("茶店村", "凉亭村", "花栎村", "铁炉村", "青龙村", "岩屋村"),
}
ROADS = (
    "青禾路", "学府街", "江滨大道", "人民路", "环城东路", "柳堤路", "工业二路", "古井巷",
    "车站路", "桂花路", "迎宾大道", "文昌路", "解放街", "临江路", "新城大道", "滨湖路",
)  # fmt: skip
HOMES = (
    "滨河小区", "东关小区", "桂花园小区", "学府家园", "柳堤新村", "江韵小区", "青石苑", "纺织厂家属院",
    "安居小区", "金桥小区", "南门小区", "书香苑", "翠竹苑", "机械厂家属院",
)  # fmt: skip
SCHOOLS = (
    "市第一中学", "市第三中学", "市实验小学", "青石小学", "江滨小学", "东关小学", "柳林镇中心学校",
    "石桥镇中心学校", "白杨镇中心学校", "龙泉镇中心学校", "大坪镇中心学校", "双河镇中心学校",
    "云岭镇中心学校", "市特殊教育学校",
)  # fmt: skip
RIVERS = (
    "柳河", "青溪河", "双河", "白杨河", "龙泉河", "石桥河", "官渡河", "沙洲河", "长堰水库",
    "莲塘水库", "泉水水库", "云岭水库",
)  # fmt: skip


def people(chance: Random) -> Iterator[str]:
    """Names without end, no two alike."""
    given: set[str] = set()
    while True:
        name = chance.choice(SURNAMES) + chance.choice(FIRST) + chance.choice(SECOND)
        name = name[:2] if chance.random() < 0.08 else name
        if name not in given:
            given.add(name)
            yield name


def town_of(place: str) -> str:
    """The town a village or community lies in; the first of all for places of the city itself."""
    found = (town for town, villages in TOWNS.items() if place == town or place in villages)
    return next(found, next(iter(TOWNS)))


def places(kind: str) -> tuple[str, ...]:
    """The places of a kind: village, community, road, homes, school, river, town or the city."""
    towns = list(TOWNS.items())
    return {
        "village": tuple(v for _, villages in towns[3:] for v in villages),
        "community": tuple(v for _, villages in towns[:3] for v in villages),
        "road": ROADS,
        "homes": HOMES,
        "school": SCHOOLS,
        "river": RIVERS,
        "town": tuple(TOWNS),
        "city": ("全市",),
    }[kind]
