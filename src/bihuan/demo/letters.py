"""Reply letters as bodies write them: done, planned with dated promises, hard, or empty of substance."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from bihuan.demo.topics import Wish


@dataclass(frozen=True)
class Promise:
    """One promise of a letter: what, by when, and the words of the letter that say so."""

    title: str
    by: date
    quote: str


@dataclass(frozen=True)
class Letter:
    """A reply with its category and the promises that stand in it."""

    category: str
    text: str
    promises: list[Promise] = field(default_factory=list)

    def as_data(self) -> dict[str, object]:
        """What the form of the reply asks for."""
        rows = [
            {"title": one.title, "by": one.by.isoformat(), "quote": one.quote}
            for one in self.promises
        ]
        data: dict[str, object] = {"category": self.category, "reply_text": self.text}
        return data | ({"commitments": rows} if rows else {})


HEADS = (
    "您提出的《{title}》收悉。我局高度重视，{met}，现答复如下：",
    "您提出的《{title}》已收到，{met}。现将办理情况答复如下：",
    "您在《{title}》中反映的问题，我局已研究办理，{met}，现答复如下：",
)
MEETINGS = (
    "分管领导带领业务科室到{place}实地查看，并与您当面沟通",
    "业务科室会同会办单位到{place}调查了解，听取了您和群众的意见",
    "召开了专题会，并到{place}现场核对",
)
LEARNED = (
    "您反映的情况属实。{place}的问题由来已久，也是群众意见集中的一件事，既有历史欠账，也有管护不到位的原因。",
    "经实地核查，建议所提的现状与我们掌握的情况基本一致。近年来我局对{place}安排过零星维护，但没有根本解决。",
    "经了解，{place}涉及的群众较多，所提三点意见有针对性，对我们改进工作很有帮助。",
)
PROOFS = (
    "相关工程已通过竣工验收，验收资料和前后对比照片已存档备查，欢迎您随时到现场监督。",
    "完成后我局组织了回访，走访群众{count}户，反映总体较好。",
    "有关管护责任已明确到单位、到人，现场公示了维护电话。",
)
FAR = (
    "下一步，我局将把此项工作列入重要议事日程，积极争取上级项目和资金支持，待条件成熟后逐步实施。",
    "下一步，我局拟结合相关规划，会同有关单位深入调研论证，分期分批推进解决。",
    "我局将积极向上级部门汇报，力争早日将{place}纳入项目计划。",
)
EMPTY = (
    "长期以来，我局始终坚持以人民为中心的发展思想，把群众满意作为工作的出发点和落脚点，各项工作取得了明显成效。",
    "您的建议站位高、针对性强，对推动我市相关工作具有重要的参考价值。",
    "下一步，我局将进一步提高认识，进一步加强领导，进一步压实责任，进一步强化措施，推动各项工作再上新台阶。",
    "我局将持续加大工作力度，不断提升服务水平，切实增强人民群众的获得感、幸福感、安全感。",
)
INTERIM = (
    "在此之前，请属地做好安全提示，我局会定期巡查，发现险情先行处置。",
    "对能够先做的事项，我局会同属地先行整改，减少对群众生活的影响。",
)
THANKS = (
    "感谢您对我局工作的关心和支持，欢迎继续提出宝贵意见。",
    "以上答复如有不妥，请您批评指正。感谢您的关心和监督。",
)


class Writer:
    """Writes letters for one body's share of one suggestion."""

    def __init__(self, wish: Wish, proposer: str, body: str, chance: Random) -> None:
        self.wish, self.proposer, self.body, self.chance = wish, proposer, body, chance
        self.place = wish.place

    def letter(self, manner: str, day: date, dues: Sequence[date] = ()) -> Letter:
        """A letter of this manner, dated `day`; `dues` are the days promised, at most two."""
        promises = [
            self._promise(what, due) for what, due in zip(self._things(), dues, strict=False)
        ]
        manners: dict[str, Callable[[], list[str]]] = {
            "done": self._done,
            "claimed": self._claimed,
            "promise": lambda: self._promised(promises),
            "plan": lambda: [self._one(LEARNED), self._one(FAR), self._one(INTERIM)],
            "hard": self._hard,
            "empty": lambda: list(self.chance.sample(EMPTY, 3)),
        }
        body = manners[manner]()
        category = {"done": "A", "claimed": "A", "promise": "B", "plan": "B", "hard": "C"}
        return Letter(category.get(manner, "B"), self._whole(body, day), promises)

    def _whole(self, paragraphs: list[str], day: date) -> str:
        met = self._one(MEETINGS)
        head = self.chance.choice(HEADS).format(title=self.wish.title, met=met)
        end = [self._one(THANKS), self.body, f"{day.year}年{day.month}月{day.day}日"]
        return "\n".join([f"{self.proposer}代表：", head, *paragraphs, *end])

    def _one(self, choices: Sequence[str]) -> str:
        count = self.chance.randint(20, 90)
        return self.chance.choice(choices).format(place=self.place, count=count)

    def _done(self) -> list[str]:
        return [
            self._one(LEARNED),
            f"目前，{self._here(self.wish.topic.done)}。",
            self._one(PROOFS),
        ]

    def _claimed(self) -> list[str]:
        """Reported as solved, while the text speaks of nothing but intentions."""
        return [self._one(LEARNED), self._one(FAR), self._one(EMPTY[2:])]

    def _hard(self) -> list[str]:
        return [self._one(LEARNED), f"但{self._here(self.wish.topic.hard)}。", self._one(INTERIM)]

    def _promised(self, promises: list[Promise]) -> list[str]:
        said = [
            f"{'一二'[place]}是{promise.quote}。" if len(promises) > 1 else f"{promise.quote}。"
            for place, promise in enumerate(promises)
        ]
        return [
            self._one(LEARNED),
            "对您所提建议，我局予以采纳。" + "".join(said),
            self._one(INTERIM),
        ]

    def _here(self, text: str) -> str:
        return text.replace("{p}", self.place)

    def _things(self) -> list[str]:
        return [self._here(thing) for thing in self.wish.topic.do]

    def _promise(self, what: str, due: date) -> Promise:
        """Letters promise by the end of a month, or else by a day."""
        last = due == month_end(due)
        when = (
            f"{due.year}年{due.month}月底前" if last else f"{due.year}年{due.month}月{due.day}日前"
        )
        quote = self.chance.choice(
            (f"我局将于{when}{what}", f"计划于{when}{what}", f"确保{when}{what}")
        )
        return Promise(what, due, quote)


def month_end(day: date, months: int = 0) -> date:
    """The last day of the month that is `months` after the month of `day`."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, monthrange(year, month0 + 1)[1])


def last_month_end(day: date) -> date:
    """The last day of the month before."""
    return day.replace(day=1) - timedelta(days=1)
