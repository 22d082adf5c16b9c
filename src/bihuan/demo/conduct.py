"""The congress's own conduct: two years of papers, meetings, inspections and powers, with what checks find in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from bihuan.demo.ground import Ground
from bihuan.demo.names import TOWNS
from bihuan.demo.player import Player
from bihuan.findings import settle
from bihuan.findings.models import Finding
from bihuan.findings.run import run
from bihuan.loop.forms import Refusal
from bihuan.matters.models import Matter

TOPICS = (
    "防汛备汛", "校园食品安全", "农村饮水安全", "森林防火", "老旧小区改造", "垃圾分类", "秸秆禁烧", "道路交通安全",
    "养老服务", "河湖管护", "危房排查", "耕地保护", "创业担保贷款", "公共停车", "非遗保护", "职业教育",
    "代表联络站建设", "民生实事项目", "预算执行", "营商环境",
)  # fmt: skip
INFORMAL = ("工作提示", "情况专报", "情况简报", "提示函")
OFFICES = ("办公室", "财经委", "农委", "代表工委", "督查室", "城环委", "教科文卫委", "社会建设委")
QUARTERS = ("一", "二", "三", "四")
HINT = (
    "各乡镇人大：今年以来，{topic}总体平稳，但个别地方仍有薄弱环节。现提示如下：一是高度重视，加强跟踪问效。"
    "二是请各乡镇人大于{day}前将排查情况报送市人大办公室，并逐项填报台账。三是请派员参加{day}的视频调度会。"
)


def play_conduct(player: Player, chance: Random) -> None:
    """Registers of this year and the last."""
    conduct = _Conduct(player, chance)
    conduct.papers()
    conduct.meetings()
    conduct.inspections()
    conduct.powers()
    conduct.forums()
    conduct.feedback()


def settle_some(ground: Ground) -> None:
    """Run the checks, as the night does; of what they find one is rectified, one explained, one wrong."""
    run(ground.congress, ground.today)
    player = Player(ground)
    clerk = player.staff("clerk")
    assert clerk.user is not None
    found = {finding.check_key: finding for finding in Finding.objects.filter(gone_on=None)}
    if "proof_demanded" in found:
        limit = ground.today + timedelta(days=30)
        data: dict[str, Any] = {
            **settle.problem_of(found["proof_demanded"]),
            "by": limit.isoformat(),
            "assignments": [player.share("市政务服务和大数据管理局")],
        }
        pk = found["proof_demanded"].pk
        made = settle.confirm(pk, clerk, clerk.user, ground.today, data)
        assert not isinstance(made, Refusal), made.say
    for check, state, reason in (
        ("accompanied", "explained", "中心组扩大学习，上级要求各部门负责人到会。"),
        ("background_heavy", "refuted", "白皮书本身就是背景材料，不按一般文件衡量。"),
    ):
        if check in found:
            settle.set_aside(found[check].pk, state, reason, clerk.user)


class _Conduct:
    def __init__(self, player: Player, chance: Random) -> None:
        self.player, self.chance = player, chance
        self.today = player.ground.today
        self.clerk = player.staff("clerk", "clerk2")
        self.count = 0

    def _book(self, institution: str, act_id: str = "record", **data: Any) -> Matter:
        return self.player.begin(institution, act_id, self.clerk, self.today, data)

    def _days(self, count: int, begins: date, ends: date) -> Iterator[date]:
        """So many working days between two, none after today."""
        span = max(1, (min(ends, self.today) - begins).days)
        for n in range(count):
            yield self.player.workday(begins + timedelta(days=n * span // max(count, 1)))

    def _quarters(self, year: int) -> Iterator[tuple[int, date, date]]:
        """The quarters of a year that have begun."""
        for number in range(4):
            begins = date(year, number * 3 + 1, 1)
            ends = (begins + timedelta(days=92)).replace(day=1) - timedelta(days=1)
            if begins <= self.today:
                yield number, begins, ends

    def _towns(self, few: int) -> list[str]:
        return [self.player.body(name) for name in self.chance.sample(list(TOWNS), few)]

    # Papers

    def papers(self) -> None:
        for year, busy in ((self.today.year - 1, 20), (self.today.year, 32)):
            for number, begins, ends in self._quarters(year):
                last = begins <= self.today <= ends and number > 0
                self._informal(
                    busy if last else 22 if year == self.today.year else 20, begins, ends
                )
                self._formal(14 if last else 17, begins, ends)
        self._odd_papers()
        self._in_review()

    def _informal(self, count: int, begins: date, ends: date) -> None:
        for place, day in enumerate(self._days(count, begins, ends)):
            self.count += 1
            topic, kind = TOPICS[self.count % len(TOPICS)], INFORMAL[place % len(INFORMAL)]
            orders = kind == "工作提示" and place % 12 == 0
            asked: dict[str, Any] = {"demands": 3, "addressees": self._towns(3)} if orders else {}
            self._book(
                "paperwork", title=f"{topic}{kind}（{day.year}年第{self.count}期）", paper_kind=kind,
                inside=False, organizer=OFFICES[self.count % len(OFFICES)], issued_on=str(day),
                length=self.chance.randint(400, 1800), hidden_order=orders,
                **asked,
            )  # fmt: skip

    def _formal(self, count: int, begins: date, ends: date) -> None:
        kinds = ("通知", "通报", "意见", "报告", "函")
        for place, day in enumerate(self._days(count, begins, ends)):
            self.count += 1
            topic, kind = TOPICS[self.count * 7 % len(TOPICS)], kinds[place % len(kinds)]
            self._book(
                "paperwork", title=f"关于{topic}的{kind}（{self.count}）", paper_kind=kind, inside=True,
                organizer=OFFICES[self.count % len(OFFICES)], issued_on=str(day),
                length=self.chance.randint(900, 4900),
                background_share=self.chance.randint(10, 38), measures_share=self.chance.randint(40, 80),
            )  # fmt: skip

    def _odd_papers(self) -> None:
        ago = self.today - timedelta(days=40)
        plain: dict[str, Any] = {"inside": True, "organizer": "财经委", "issued_on": str(ago)}
        self._book(
            "paperwork", title="关于产业发展情况的调研报告", paper_kind="报告", length=12000,
            background_share=43, measures_share=20, **plain,
        )  # fmt: skip
        self._book(
            "paperwork", title="关于进一步加强学习的意见", paper_kind="意见", length=2600,
            background_share=30, uncheckable=9, uncheckable_share=82, **plain,
        )  # fmt: skip

    def _in_review(self) -> None:
        day = self.today + timedelta(days=7)
        self.player.begin(
            "paperwork", "raise", self.player.staff("committee"), self.player.before(1),
            {
                "title": "关于冬季森林防火的工作提示", "paper_kind": "工作提示", "inside": False,
                "organizer": "城环委", "issued_on": str(self.today), "addressees": self._towns(4),
                "text": HINT.format(topic="森林防火", day=f"{day.month}月{day.day}日"),
            },
        )  # fmt: skip

    # Meetings

    def meetings(self) -> None:
        for year, basic in ((self.today.year - 1, 24), (self.today.year, 22)):
            for _, begins, ends in self._quarters(year):
                self._ordinary(6, begins, ends, basic)
            self._general(2 if year < self.today.year else 3, year)
        self._odd_meetings()
        self._planned()

    def _ordinary(self, count: int, begins: date, ends: date, basic: int) -> None:
        for place, day in enumerate(self._days(count, begins, ends)):
            self.count += 1
            topic = TOPICS[self.count % len(TOPICS)]
            kind = "专题研讨会" if place % 3 == 0 else "一般性会议"
            self._book(
                "meetings", title=f"{topic}{'研讨会' if place % 3 == 0 else '推进会'}（{self.count}）",
                meeting_kind=kind, form="现场", organizer=OFFICES[self.count % len(OFFICES)],
                held_on=str(day), attending=60, accompanying=self.chance.randint(3, 20), basic=basic,
                minutes_planned=80, minutes=self.chance.randint(50, 88), substance=True,
                materials_on=str(day - timedelta(days=4)), cost=self.chance.randint(5, 40) * 100,
                units=self._towns(2), result="议定事项已分别交办。",
            )  # fmt: skip

    def _general(self, count: int, year: int) -> None:
        for place in range(count):
            day = min(date(year, 2 + place * 3, 18), self.today)
            self._book(
                "meetings", title=f"{year}年全市人大工作会议（第{QUARTERS[place]}次）",
                meeting_kind="综合性会议", form="现场加视频", organizer="办公室", held_on=str(day),
                attending=180, accompanying=60, basic=40, minutes_planned=90, minutes=85,
                substance=True, speech_minutes=50, units=self._towns(6),
            )  # fmt: skip

    def _odd_meetings(self) -> None:
        day = self.today - timedelta(days=25)
        plain = {"form": "视频", "organizer": "市政务服务和大数据管理局", "held_on": str(day)}
        self._book(
            "meetings", title="政务服务视频调度会", meeting_kind="一般性会议", attending=76,
            accompanying=20, basic=38, minutes=60, substance=True, screenshots=True, proof_units=38,
            units=self._towns(12), materials="参会截图\n记录台账", **plain,
        )  # fmt: skip
        self._book(
            "meetings", title="学习贯彻扩大会议", meeting_kind="一般性会议", attending=90,
            accompanying=61, basic=0, minutes=134, speech_minutes=75, substance=False, **plain,
        )  # fmt: skip

    def _planned(self) -> None:
        for ahead, title in ((9, "年终代表工作总结会"), (16, "乡镇人大主席座谈会")):
            self.player.begin(
                "meetings", "raise", self.clerk, self.player.before(1),
                {
                    "title": title, "meeting_kind": "一般性会议", "organizer": "代表工委",
                    "held_on": str(self.today + timedelta(days=ahead)), "minutes_planned": 80,
                    "attending": 50, "accompanying": 5, "units": self._towns(5),
                },
            )  # fmt: skip

    # Inspections

    def inspections(self) -> None:
        for year, count in ((self.today.year - 1, 5), (self.today.year, 5)):
            for _, begins, ends in self._quarters(year):
                self._plain_visits(count, begins, ends)
        self._split()
        self._packed()
        self._studies()

    def _visit(self, title: str, kind: str, day: date, **more: Any) -> Matter:
        plain = {"organizer": "督查室", "noticed_on": str(day - timedelta(days=6))}
        return self._book(
            "inspections", title=title, visit_kind=kind, began_on=str(day), **{**plain, **more}
        )

    def _plain_visits(self, count: int, begins: date, ends: date) -> None:
        for place, day in enumerate(self._days(count, begins, ends)):
            self.count += 1
            topic = TOPICS[self.count * 3 % len(TOPICS)]
            self._visit(
                f"{topic}{'检查' if place % 2 else '视察'}（{self.count}）", "检查" if place % 2 else "视察",
                day, topic=f"{topic}{self.count}", units=self._towns(2), visits=1, on_site=True,
                organizer=OFFICES[self.count % len(OFFICES)], files_weight=20, opinions=5,
                adopted=self.chance.randint(3, 5), off_plan=place == 4,
            )  # fmt: skip

    def _split(self) -> None:
        """Seed 0: one supervision of the business climate as three projects within days, on one unit."""
        town = self.player.body("江滨街道")
        names = (("政策落实督查", 70, 8), ("执法检查情况督查", 58, 7), ("企业走访督查", 48, 7))
        for name, ago, papers in names:
            materials = "\n".join(f"营商环境台账之{number}" for number in range(1, papers + 1))
            self._visit(
                f"优化营商环境{name}", "督查", self.today - timedelta(days=ago),
                topic="优化营商环境", units=[town], materials=materials, visits=1, on_site=True,
            )  # fmt: skip

    def _packed(self) -> None:
        """Seed 3: three items reported as one in the plan, carried out as three in five visits."""
        first = date(self.today.year, 1, 10)
        item = self._book(
            "inspections", "raise", title="年度综合督查", visit_kind="督查", organizer="督查室",
            merged_items=3, plan_by=str(date(self.today.year, 12, 20)), began_on=str(first),
        )  # fmt: skip
        for name, month, visits in (
            ("安全生产专项检查", 3, 2),
            ("环保工作督查", 6, 2),
            ("防疫督导", 9, 1),
        ):
            day = min(date(self.today.year, month, 12), self.today)
            self._visit(
                name, "督查", day, plan_item=str(item.pk), visits=visits, units=self._towns(2)
            )

    def _studies(self) -> None:
        """Seed 3: a study of the business climate that read 12 kinds of archive and had 38 fields filled in."""
        day = self.today - timedelta(days=35)
        plain = {"topic": "", "organizer": "市商务局", "units": self._towns(1)}
        self._visit(
            "营商环境调研", "调研", day, on_site=True, archives=12, form_fields=38,
            supervision_plan=False, **plain,
        )  # fmt: skip
        self._visit(
            "民生项目第三方评估", "评估", day, on_site=True, supervision_plan=False, **plain
        )
        self._visit(
            "代表联络站走访调研", "调研", day, on_site=False, supervision_plan=True, **plain
        )

    # Powers, forums, feedback

    def powers(self) -> None:
        day = str(self.today - timedelta(days=60))
        plain = {
            "on": day,
            "organizer": "市市场监督管理局",
            "level": "乡镇、街道",
            "capacity": "具备",
        }
        self._book(
            "powers", title="企业资质初审", kept_review=True, extra_days=5, promised_days=6.7,
            real_days=9.7, quality="达标", handled=30, **plain,
        )  # fmt: skip
        self._book(
            "powers", title="食品经营许可现场核查", promised_days=6.7, real_days=6.7, quality="不达标",
            handled=12, training=False, kit=False, **plain,
        )  # fmt: skip
        for name in ("小型工程备案", "临时占道审批", "农机购置补贴初核"):
            self._book("powers", title=name, promised_days=5, real_days=5, quality="达标", **plain)
        self._uses()

    def _uses(self) -> None:
        for n in range(8):
            day = min(date(self.today.year, n + 1, 25), self.today)
            self._book(
                "powers", "note_use", title=f"常委会第{40 + n}次会议", power_kind="常委会会议",
                on=str(day), major=n in (1, 5),
            )  # fmt: skip
        fields = ["教科文卫"] * 7 + ["财政经济", "农业农村", "城建环保"]
        for n, area in enumerate(fields):
            day = min(date(self.today.year, n + 1, 15), self.today)
            self._book(
                "powers", "note_use", title=f"专项监督：{TOPICS[n]}", power_kind="专项监督",
                on=str(day), area=area,
            )  # fmt: skip

    def forums(self) -> None:
        for back, number in ((1, "四"), (0, "五")):
            day = min(date(self.today.year - back, 5, 9), self.today)
            self._book(
                "forums", title=f"第{number}届柑橘节", series="柑橘节", sector="农产品",
                organizer="市农业农村局", held_on=str(day), effect="不达标", satisfaction=61,
                conversion=18, growth=-5, cost=300_000,
            )  # fmt: skip
        self._book(
            "forums", "raise", title="科技创新论坛", series="科技创新论坛", sector="科技",
            organizer="市科学技术和经济信息化局", held_on=str(self.today + timedelta(days=30)),
            major=True, agenda_minutes=240, deputies_minutes=80,
        )  # fmt: skip

    def feedback(self) -> None:
        """The burden points' answers of the last quarter."""
        felt = ("减轻", "差不多", "加重")
        quarter = (self.today.month - 1) // 3
        year, number = (self.today.year, quarter) if quarter else (self.today.year - 1, 4)
        for place, name in enumerate(TOWNS):
            self._book(
                "burden", title=name, year=year, quarter=f"第{QUARTERS[number - 1]}季度",
                on=str(self.today - timedelta(days=20)), shares=place % 5, meetings=6 + place % 4,
                visits=2 + place % 3, papers=10 + place, felt=felt[place % 3],
            )  # fmt: skip
