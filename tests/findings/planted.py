"""A year of a city's papers, meetings, inspections and powers: hidden variants planted, and innocent look-alikes.

What is wrong is written down when it is planted, never worked out by the checks under test. `Planted.expected`
holds (institution.check, the rows) for each of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from bihuan.loop.checks import Row
from bihuan.matters import house, readers

YEAR = 2026
TOWNS = [str(n) for n in range(101, 121)]
OFFICES = ("办公室", "财经委", "农委", "代表工委", "督查室", "城环委")
ORDER = (
    "各乡镇人大：为做好{topic}，现提示如下。请各乡镇人大于{month}月25日前将排查情况报送市人大办公室，"
    "并逐项填报台账。请派员参加{month}月20日的调度会。"
)
HINT = (
    "近期，{topic}取得积极进展。一季度全市共办结{n}件，同比增长{m}%，群众反映较好。去年以来，市人大常委会先后听取了"
    "{k}次汇报，组织了{j}次视察，有关做法得到上级肯定。"
)
DEPLOYED = (
    "一、防汛备汛由市水利和湖泊局牵头，{month}月底前完成水库、堤防和山洪沟道摸底，覆盖40个村。二、物资按每村编织袋500条备足，"
    "逐库登记。三、值守实行双人双岗，雨情达到橙色的由镇长带班，险情十分钟内上报指挥部，转移名单到户到人。",
    "一、校园食品安全由市教育局会同市场监管局检查，{month}月底前查遍86所学校食堂。二、从供货商资质、留样、从业人员健康证三样查起，"
    "不合格的当场封存。三、家长委员会每周轮值陪餐一次，陪餐记录张贴在食堂门口，接受学生和家长监督。",
    "一、森林防火以林业局为主，{month}月底前清理林缘可燃物12公里，开设隔离带。二、进山路口设卡8处，收缴火种，登记车辆。"
    "三、护林员巡山轨迹每日上传，发现烟点先报后查，扑火队伍集结不超过四十分钟，坟头祭扫改用鲜花。",
    "一、老旧小区改造由住建局实施，{month}月底前完成19个小区管网入户调查。二、加装电梯按单元三分之二同意办理，费用由住户和财政分担。"
    "三、施工围挡公示工期、造价、监理电话，工程款与验收挂钩，居民代表参加竣工验收并签字。",
)
TOPICS = (
    "防汛备汛", "校园食品安全", "农村饮水安全", "森林防火", "老旧小区改造", "垃圾分类", "秸秆禁烧", "道路交通安全",
    "养老服务", "河湖管护", "危房排查", "耕地保护", "创业担保贷款", "公共停车", "非遗保护", "职业教育",
)  # fmt: skip


@dataclass
class Planted:
    """The rows of each institution, and what is wrong in them."""

    chance: Random
    rows: dict[str, list[Row]] = field(default_factory=dict)
    expected: set[tuple[str, frozenset[int]]] = field(default_factory=set)
    _key: int = 0

    def add(self, institution: str, title: str, day: date, **facts: Any) -> Row:
        """One row as a register would keep it; what the program reads from a text is read."""
        self._key += 1
        one = house.institution(institution)
        states = {"paperwork": "issued", "powers": "delegated", "inspections": "reported"}
        facts = {"state": states.get(institution, "recorded"), "title": title, **facts}
        act = "raise" if facts.get("text") else "record"
        filled = readers.read(one, act, facts)
        filled |= {one.day_of: day.isoformat(), "state": facts["state"]}
        kept = {name: value for name, value in filled.items() if value not in (None, "")}
        row = Row(self._key, f"{title}（{self._key}）", day, kept)
        self.rows.setdefault(institution, []).append(row)
        return row

    def wrong(self, check: str, *rows: Row) -> None:
        """These rows break this rule."""
        self.expected.add((check, frozenset(row.key for row in rows)))

    def day(self, quarter: int = 0) -> date:
        """A day of the year, or of one quarter."""
        first = date(YEAR, 1, 1) if not quarter else date(YEAR, quarter * 3 - 2, 1)
        return first + timedelta(days=self.chance.randrange(89 if quarter else 360))

    def town(self, few: int = 1) -> list[str]:
        """Some towns."""
        return self.chance.sample(TOWNS, few)


def planted(seed: int) -> Planted:
    """The whole year."""
    made = Planted(Random(seed))
    _papers(made)
    _meetings(made)
    _inspections(made)
    _powers(made)
    return made


# Papers


def _papers(made: Planted) -> None:
    outside = [0, 0, 0, 0]
    for n in range(12):
        quarter = n % 4
        row = _hint(made, quarter + 1, ORDER)
        outside[quarter] += 1
        made.wrong("paperwork.red_to_white", row)
        _hint(made, quarter + 1, HINT)
        outside[quarter] += 1
        made.add(
            "paperwork", "关于报送情况的通知", made.day(quarter + 1), paper_kind="通知", inside=True,
            text=ORDER.format(topic=TOPICS[n], month=quarter * 3 + 2), organizer="办公室",
        )  # fmt: skip
    _long_papers(made)
    _twin_papers(made)
    _fill_up(made, outside)


def _hint(made: Planted, quarter: int, text: str) -> Row:
    chance = made.chance
    words = {
        "topic": chance.choice(TOPICS), "month": quarter * 3 - 1, "n": chance.randint(100, 900),
        "m": chance.randint(2, 60), "k": chance.randint(2, 9), "j": chance.randint(2, 9),
    }  # fmt: skip
    kind = chance.choice(("工作提示", "情况简报", "情况专报"))
    return made.add(
        "paperwork", f"关于{words['topic']}的{kind}", made.day(quarter), paper_kind=kind,
        inside=False, text=text.format(**words), organizer=chance.choice(OFFICES),
    )  # fmt: skip


def _paper(made: Planted, **facts: Any) -> Row:
    return made.add(
        "paperwork", "关于推进工作的意见", made.day(), paper_kind="意见", inside=True, **facts
    )


def _long_papers(made: Planted) -> None:
    chance = made.chance
    for _ in range(6):
        made.wrong("paperwork.too_long", _paper(made, length=chance.randint(5001, 12_000)))
        special = _paper(made, length=chance.randint(4001, 5000), special=True)
        made.wrong("paperwork.too_long", special)
        _paper(made, length=chance.randint(4001, 5000))
        _paper(made, length=chance.randint(800, 4000), special=True)
        heavy = _paper(made, background_share=chance.randint(401, 800) / 10, measures_share=20)
        made.wrong("paperwork.background_heavy", heavy)
        _paper(made, background_share=chance.randint(50, 400) / 10)
        empty = _paper(
            made, uncheckable=chance.randint(3, 9), uncheckable_share=chance.randint(51, 100)
        )
        made.wrong("paperwork.empty_words", empty)
        _paper(made, uncheckable=chance.randint(1, 2), uncheckable_share=100)
        _paper(made, uncheckable=chance.randint(3, 9), uncheckable_share=chance.randint(10, 50))
        made.wrong("paperwork.unreviewed", _paper(made, unreviewed=True))


def _twin_papers(made: Planted) -> None:
    """The same deployment under another date; the papers on other topics are none of it."""
    for text in DEPLOYED:
        first = _paper(made, text=text.format(month=4))
        again = _paper(made, text=text.format(month=9) + "四、以上各项请抓紧。")
        made.wrong("paperwork.deployed_again", first, again)


def _fill_up(made: Planted, outside: list[int]) -> None:
    """Seed 0: 32 papers outside the count in the fourth quarter, 22 in each before; inside it fewer."""
    for quarter, wanted in enumerate((22, 22, 22, 32)):
        for _ in range(wanted - outside[quarter]):
            _hint(made, quarter + 1, HINT)
    _level_inside(made)
    fourth = [
        row
        for row in made.rows["paperwork"]
        if row.facts.get("inside") is False and row.day >= date(YEAR, 10, 1)
    ]
    made.wrong("paperwork.outside_grows", *fourth)


def _level_inside(made: Planted) -> None:
    """No quarter has more papers inside the count than those before it in the mean, so fewer are left last."""
    inside = [row for row in made.rows["paperwork"] if row.facts.get("inside") is True]
    counts = [sum((row.day.month - 1) // 3 == quarter for row in inside) for quarter in range(4)]
    wanted = max(counts)
    for quarter in range(4):
        for _ in range(wanted + 3 - quarter - counts[quarter]):
            made.add(
                "paperwork", "关于召开会议的通知", made.day(quarter + 1), paper_kind="通知",
                inside=True, length=600, organizer="办公室",
            )  # fmt: skip


# Meetings


def _meeting(made: Planted, kind: str = "一般性会议", **facts: Any) -> Row:
    plain = {"minutes": 60, "attending": 50, "accompanying": 5, "substance": True, "basic": 10}
    day = facts.pop("day", None) or made.day()
    return made.add("meetings", "工作会议", day, meeting_kind=kind, **{**plain, **facts})


def _meetings(made: Planted) -> None:
    chance = made.chance
    made.wrong("meetings.too_many_general", *[_meeting(made, "综合性会议") for _ in range(3)])
    for _ in range(6):
        came = chance.randint(20, 90)
        half = came // 2
        crowd = _meeting(made, attending=came, accompanying=half + chance.randint(1, 9))
        made.wrong("meetings.accompanied", crowd)
        _meeting(made, attending=half * 2, accompanying=half)
        _meeting(made, attending=came, accompanying=came - 1, urgent=True)
        made.wrong("meetings.over_time", _meeting(made, minutes=chance.randint(91, 200)))
        special = _meeting(made, "专题研讨会", minutes=chance.randint(121, 240))
        made.wrong("meetings.over_time", special)
        _meeting(made, "专题研讨会", minutes=chance.randint(91, 120))
        _meeting(made, minutes=chance.randint(91, 200), over_reason="议题增加，已调整议程")
        _meeting(made, minutes=90)
        made.wrong("meetings.proof_demanded", _meeting(made, screenshots=True, proof_units=38))
        _meeting(made, screenshots=False)
        made.wrong("meetings.long_speech", _meeting(made, speech_minutes=chance.randint(61, 90)))
        _meeting(made, speech_minutes=60)
        made.wrong("meetings.no_substance", _meeting(made, substance=False))
        day = made.day()
        late = _meeting(made, day=day, materials_on=str(day - timedelta(days=chance.randint(0, 1))))
        made.wrong("meetings.late_materials", late)
        _meeting(made, day=day, materials_on=str(day - timedelta(days=chance.randint(2, 9))))
    _last_year(made)


def _last_year(made: Planted) -> None:
    """Attendance from the base fell by a tenth only."""
    this = [row for row in made.rows["meetings"] if row.day.year == YEAR]
    came = sum(row.amount("basic") for row in this)
    before = round(came / 0.9)
    while before > 0:
        step = min(before, 30)
        day = made.day().replace(year=YEAR - 1)
        made.add("meetings", "上年会议", day, meeting_kind="一般性会议", minutes=60, basic=step)
        before -= step
    made.wrong("meetings.basic_not_fewer", *this)


# Inspections


def _visit(made: Planted, title: str, day: date, kind: str = "检查", **facts: Any) -> Row:
    plain = {
        "noticed_on": str(day - timedelta(days=5)),
        "units": made.town(),
        "organizer": "办公室",
    }
    return made.add("inspections", title, day, visit_kind=kind, **{**plain, **facts})


def _inspections(made: Planted) -> None:
    chance = made.chance
    for n in range(5):
        _splits(made, f"专题{n}", chance.choice(TOWNS))
    for _ in range(4):
        _packed(made)
    for n in range(6):
        _studies(made, n)
        made.wrong(
            "inspections.files_heavy",
            _visit(made, "考核", made.day(), "考核", files_weight=chance.randint(31, 80)),
        )
        _visit(made, "考核", made.day(), "考核", files_weight=30)
        made.wrong("inspections.without_notice", _visit(made, "检查", made.day(), noticed_on=""))
        _visit(made, "检查", made.day(), noticed_on="", unannounced="食品安全飞行检查")
    _plan_and_totals(made)


def _splits(made: Planted, topic: str, town: str) -> None:
    """One inspection cut into three within days on one unit; the same topic later, elsewhere, and another one."""
    chance = made.chance
    first = date(YEAR, 2, 1) + timedelta(days=chance.randrange(120))
    gaps = [chance.randint(1, 14), chance.randint(1, 14)]
    days = [first, first + timedelta(days=gaps[0]), first + timedelta(days=sum(gaps))]
    parts = [
        _visit(made, f"{topic}{name}", day, topic=topic, units=[town, *made.town()])
        for name, day in zip(("政策落实督查", "执法检查", "企业走访"), days, strict=True)
    ]
    made.wrong("inspections.split_in_time", *parts)
    calm = f"{topic}·常态"
    _visit(made, f"{calm}上半年", first, topic=calm, units=[town])
    _visit(
        made,
        f"{calm}下半年",
        first + timedelta(days=chance.randint(15, 60)),
        topic=calm,
        units=[town],
    )
    _visit(made, f"{topic}·东片", first, topic=f"{topic}·分片", units=[TOWNS[0]])
    _visit(
        made, f"{topic}·西片", first + timedelta(days=3), topic=f"{topic}·分片", units=[TOWNS[1]]
    )


def _packed(made: Planted) -> None:
    """One item of the plan, three carried out at different places over the year; and one carried out as planned."""
    item = _visit(made, "综合督查", date(YEAR, 1, 15), units=[], merged_items=3, state="planned")
    parts = [
        _visit(
            made, f"{name}{item.key}", date(YEAR, month, 10), plan_item=str(item.key),
            units=[TOWNS[month]], visits=visits,
        )
        for name, month, visits in (("安全生产检查", 3, 2), ("环保督查", 5, 2), ("防疫督导", 8, 1))
    ]  # fmt: skip
    made.wrong("inspections.packed_and_split", *parts)
    whole = _visit(made, "单项督查", date(YEAR, 1, 16), units=[], state="planned")
    _visit(made, "单项督查实施", date(YEAR, 4, 10), plan_item=str(whole.key))


def _studies(made: Planted, n: int) -> None:
    kind = ("调研", "评估")[n % 2]
    quarter_day = date(YEAR, 5, 1) + timedelta(days=n)
    reads = (
        {"archives": 12} if n % 3 == 0 else {"form_fields": 38} if n % 3 == 1 else {"on_site": True}
    )
    made.wrong("inspections.disguised", _visit(made, "营商环境调研", quarter_day, kind, **reads))
    _visit(made, "走访调研", made.day(), kind, on_site=False, archives=0, supervision_plan=True)
    lacking = _visit(made, "民生评估", made.day(), kind, supervision_plan=False)
    made.wrong("inspections.no_supervision_plan", lacking)


def _plan_and_totals(made: Planted) -> None:
    """Outside the plan: every seventh; last year a tenth more in all; of a hundred opinions 70 adopted."""
    rows = [row for row in made.rows["inspections"] if row.day.year == YEAR]
    on_site = [
        row
        for row in rows
        if row.facts.get("on_site") is True and row.facts["visit_kind"] in ("调研", "评估")
    ]
    made.wrong("inspections.studies_on_site", *on_site)
    low = _visit(made, "督查", made.day(), "督查", opinions=60, adopted=30)
    _visit(made, "督查", made.day(), "督查", opinions=40, adopted=40)
    made.wrong("inspections.not_adopted", low)
    extra = [_visit(made, "临时检查", made.day(), off_plan=True) for _ in range(len(rows) // 6)]
    made.wrong("inspections.off_plan", *extra)
    done = [
        row
        for row in made.rows["inspections"]
        if row.day.year == YEAR and row.facts["state"] == "reported"
    ]
    for _ in range(len(done) * 11 // 10):
        day = made.day().replace(year=YEAR - 1)
        _visit(made, "上年检查", day, state="reported")
    made.wrong("inspections.total_not_fewer", *done)


# Powers


def _power(made: Planted, **facts: Any) -> Row:
    plain = {
        "power_kind": "下放事项", "capacity": "具备", "guidance": True, "training": True,
        "kit": True, "organizer": "市某局", "kept_review": False,
    }  # fmt: skip
    return made.add("powers", "下放事项", made.day(), **{**plain, **facts})


def _powers(made: Planted) -> None:
    slow, below = [], []
    for n in range(5):
        made.wrong("powers.kept_reapproval", _power(made, kept_review=True, extra_days=5))
        made.wrong("powers.unprepared", _power(made, capacity="不具备"))
        made.wrong("powers.unprepared", _power(made, training=False))
        _power(made, capacity="经培训可以承接")
        made.wrong("powers.unfollowed", _power(made, state="unfollowed", violations=3))
        slow.append(_power(made, promised_days=6.7, real_days=9.7))
        _power(made, promised_days=6.7, real_days=6.7)
        quality = "不达标" if n < 2 else "达标"
        judged = _power(made, quality=quality)
        below += [judged] if n < 2 else []
    made.wrong("powers.slower_than_promised", *slow)
    made.wrong("powers.below_standard", *below)
    _use_of_powers(made)


def _use_of_powers(made: Planted) -> None:
    sessions = [
        made.add(
            "powers", "常委会会议", made.day(), power_kind="常委会会议", major=n < 2, state="noted"
        )
        for n in range(8)
    ]
    made.wrong("powers.few_major", *sessions)
    fields = ["教科文卫"] * 7 + ["财政经济", "农业农村", "城建环保"]
    held = [
        made.add("powers", "专项监督", made.day(), power_kind="专项监督", area=area, state="noted")
        for area in fields
    ]
    made.wrong("powers.one_field", *held[:7])
