"""Every screen the program has, each with somebody who sees it, and a congress in which there is something to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.cast import Cast, make_cast
from tests.pillars import stories

from bihuan.api.models import Subscription
from bihuan.institutions.duty_reports.models import Reader
from bihuan.letters import access as letter_access
from bihuan.letters import declared, register
from bihuan.letters.models import Letter
from bihuan.matters import access
from bihuan.matters.act import Doer
from bihuan.matters.models import Matter

HERE = Path(__file__).parent
REPLY = (
    "张春梅代表：您提出的建议收悉，现答复如下。\n"
    "一、我局将于2026年9月底前完成人行天桥设计。\n"
    "二、我局将在2026年12月底前建成通行。\n"
    "丹江市交通运输局"
)


@dataclass(frozen=True)
class Screen:
    """A page as one role sees it. `path` may name matters of the world in braces.

    `send` is the form (a CSS selector) sent as it stands, without the browser's own check, to see what it
    says; `choose` a file put into its file field first; `status` what is answered.
    """

    name: str
    role: str
    path: str
    send: str = ""
    choose: str = ""
    status: int = 200


def world() -> tuple[Cast, dict[str, str]]:
    """The cast, and the numbers of the matters that the paths name."""
    cast = make_cast()
    days = {"day": date(2026, 5, 4)}
    named = {
        "draft": cast.suggestion("draft", title="关于加密城乡公交班次的建议", **days),
        "review": cast.suggestion("committee_review", title="关于增设老年助餐点的建议", **days),
        "accepted": cast.suggestion("to_hand_over", title="关于整治老旧小区飞线充电的建议", **days),
        "handed": cast.suggestion("handed", co=["finance"], **days),
        "working": cast.suggestion(
            "working", title="关于修复滨江路路灯的建议", day=date(2026, 1, 5)
        ),
        "rating": cast.suggestion("rating", title="关于拓宽通村公路的建议", **days),
        "redoing": cast.suggestion("redoing", title="关于治理农村黑臭水体的建议", **days),
        "closed": cast.suggestion("closed", title="关于扩建实验小学的建议", day=date(2026, 2, 2)),
    }
    named["promised"] = _promised(cast)
    named["promise"] = Matter.objects.filter(institution="commitments").order_by("pk")[0]
    numbers = {name: str(matter.pk) for name, matter in named.items()}
    numbers |= _letters(cast, named["handed"]) | _pillars(cast)
    hook = Subscription.objects.create(user=cast.clerk, name="政务平台", url="https://example.org/")
    return cast, {**numbers, "traffic": str(cast.bodies["traffic"].pk), "hook": str(hook.pk)}


def _letters(cast: Cast, matter: Matter) -> dict[str, str]:
    """A letter still a draft, and one that was issued."""
    who = access.standing_of(cast.clerk, date(2026, 5, 20))
    kind = declared.letters()["suggestions/hand_over"]
    about = register.Subject(matter, letter_access.shares_for(who, kind, matter)[0])
    rows = [register.draft(who, kind, about, who.day) for _ in range(2)]
    draft, issued = (row for row in rows if isinstance(row, Letter))
    register.issue(who, issued.pk, who.day)
    return {"letter": str(draft.pk), "issued": str(issued.pk)}


def _pillars(cast: Cast) -> dict[str, str]:
    """An appointee with his report, an appraisal with a problem and a questionnaire, a judge to be drawn for."""
    person = stories.appoint(cast)
    report, judge = stories.report(cast, "双盲"), stories.judges_appraisal(cast)
    appraisal = stories.appraisal(cast, problems=1)
    asked = stories.questionnaire(cast, appraisal)
    Reader.objects.create(congress=cast.congress, matter=report, user=cast.committee)
    named = {"appointee": person.pk, "report": report.pk, "judge": judge.pk}
    numbers = {key: str(pk) for key, pk in {**named, "appraisal": appraisal.pk}.items()}
    return numbers | {"token": asked.token}


def _promised(cast: Cast) -> Matter:
    matter = cast.suggestion("working", title="关于修建人行天桥的建议", day=date(2026, 4, 1))
    promises = [
        {
            "title": "完成人行天桥设计",
            "by": "2026-09-30",
            "quote": "我局将于2026年9月底前完成人行天桥设计。",
        },
        {"title": "建成通行", "by": "2026-12-31", "quote": "我局将在2026年12月底前建成通行。"},
    ]
    data = {"category": "B", "reply_text": REPLY, "commitments": promises}
    contact = Doer("lead_body", cast.contact, "市交通运输局")
    cast.take(matter, "reply", contact, date(2026, 5, 11), data, "1")
    good = {"attitude": "满意", "result": "基本满意"}
    cast.take(matter, "rate", Doer("proposer", cast.deputy), date(2026, 5, 12), good)
    return matter


FORM = "main form[method=post]"
ACT = "main form[id^=form-]"
OPEN = "main form[action$='/new/']"
RESET = "main form[action$='/reset/']"
GIVE = "main form[action$='/give/']"

SCREENS = [
    Screen("sign-in", "", "/sign-in/"),
    Screen("sign-in-refused", "", "/sign-in/", send=FORM, status=422),
    Screen("password", "clerk", "/password/"),
    Screen("password-refused", "clerk", "/password/", send=FORM, status=422),
    Screen("not-found", "clerk", "/no-such-page/", status=404),
    Screen("not-allowed", "leader", "/x/suggestions/import/", status=403),
    *[
        Screen(f"today-{role}", role, "/today/")
        for role in (
            "clerk", "secretariat", "delegation", "committee", "contact", "deputy", "leader",
            "unit", "system_admin", "security_admin", "audit_admin", "nobody",
        )
    ],
    Screen("ledger", "clerk", "/l/suggestions/"),
    Screen("ledger-narrowed", "clerk", "/l/suggestions/?light=late&order=limit&state=rating"),
    Screen("ledger-nothing", "clerk", "/l/suggestions/?q=没有这样的字"),
    Screen("ledger-empty", "committee", "/l/opinions/"),
    Screen("ledger-contact", "contact", "/l/suggestions/"),
    Screen("ledger-mine", "clerk", "/l/suggestions/?waits=mine&columns=all"),
    Screen("views", "clerk", "/l/suggestions/views/"),
    Screen("matter-opened", "clerk", "/m/{accepted}/?act=hand_over&share=&in=waits%3Dmine"),
    Screen("ledger-deputy", "other_deputy", "/l/suggestions/"),
    Screen("ledger-commitments", "leader", "/l/commitments/"),
    Screen("raise", "deputy", "/l/suggestions/new/raise/"),
    Screen("raise-refused", "deputy", "/l/suggestions/new/raise/", send=FORM, status=422),
    Screen("record", "clerk", "/l/suggestions/new/record/"),
    Screen("record-refused", "clerk", "/l/suggestions/new/record/", send=FORM, status=422),
    Screen("similar", "clerk", "/l/suggestions/similar/?title=关于修建人行天桥的建议"),
    Screen("similar-beside", "clerk", "/l/suggestions/similar/?beside={accepted}"),
    Screen("bulk", "clerk", "/l/suggestions/bulk/hand_over/?m={accepted}&m={rating}"),
    Screen("bulk-refused", "clerk", "/l/suggestions/bulk/hand_over/?m={accepted}", send=FORM),
    Screen("search", "clerk", "/search/?q=天桥"),
    Screen("search-nothing", "deputy", "/search/?q=没有这样的字"),
    Screen("search-blank", "leader", "/search/"),
    Screen("matter-draft", "deputy", "/m/{draft}/"),
    Screen("matter-review", "clerk", "/m/{review}/"),
    Screen("matter-accepted", "clerk", "/m/{accepted}/"),
    Screen("matter-handed", "other_contact", "/m/{handed}/"),
    Screen("matter-late", "contact", "/m/{working}/"),
    Screen("matter-rating", "deputy", "/m/{rating}/"),
    Screen("matter-redoing", "leader", "/m/{redoing}/"),
    Screen("matter-closed", "clerk", "/m/{closed}/"),
    Screen("matter-promised", "clerk", "/m/{promised}/"),
    Screen("commitment", "contact", "/m/{promise}/"),
    Screen("proof", "clerk", "/m/{promised}/proof/2/"),
    Screen("hand-over", "clerk", "/m/{accepted}/act/hand_over/"),
    Screen("hand-over-refused", "clerk", "/m/{accepted}/act/hand_over/", send=ACT, status=422),
    Screen("join", "clerk", "/m/{review}/act/join/"),
    Screen("extend", "clerk", "/m/{working}/act/extend/?share=1"),
    Screen("reply", "contact", "/m/{working}/act/reply/?share=1"),
    Screen("reply-refused", "contact", "/m/{working}/act/reply/?share=1", send=ACT, status=422),
    Screen("opine", "other_contact", "/m/{handed}/act/acknowledge/?share=2"),
    Screen("rate", "deputy", "/m/{rating}/act/rate/"),
    Screen("rate-refused", "deputy", "/m/{rating}/act/rate/", send=ACT, status=422),
    Screen("press", "leader", "/m/{redoing}/act/press/"),
    Screen("users", "system_admin", "/house/users/"),
    Screen("user-open-refused", "system_admin", "/house/users/", send=OPEN, status=422),
    Screen("user-reset", "system_admin", "/house/users/", send=RESET),
    *[
        Screen(f"register-{key}", "system_admin", f"/house/{key}/")
        for key in ("bodies", "persons", "posts", "seats", "days")
    ],
    Screen("register-new", "system_admin", "/house/bodies/new/"),
    Screen("register-refused", "system_admin", "/house/seats/new/", send=FORM, status=422),
    Screen("register-entry", "system_admin", "/house/bodies/{traffic}/"),
    Screen("grants", "security_admin", "/house/grants/"),
    Screen("grant-refused", "security_admin", "/house/grants/", send=GIVE, status=422),
    Screen("lock-outs", "security_admin", "/house/lock-outs/"),
    Screen("events", "audit_admin", "/house/events/"),
    Screen("act-log", "audit_admin", "/house/acts/"),
    Screen("interfaces", "clerk", "/interfaces/"),
    Screen("token-refused", "clerk", "/interfaces/", send="main form[action$='tokens/new/']", status=422),
    Screen("calendar-address", "clerk", "/interfaces/", send="main form[action$='calendar/new/']"),
    Screen("hook", "clerk", "/interfaces/hooks/{hook}/"),
    Screen("all-interfaces", "system_admin", "/interfaces/all/"),
    Screen("reference", "", "/api/docs/"),
    Screen("params", "clerk", "/house/params/"),
    Screen("param", "clerk", "/house/params/suggestions/reply_within/"),
    Screen("param-refused", "clerk", "/house/params/suggestions/reply_within/", send=FORM, status=422),
    Screen("boards", "leader", "/b/suggestions/"),
    Screen("board-past", "leader", "/b/suggestions/?as_of=2026-05-10&year=2026"),
    Screen("board-empty", "clerk", "/b/opinions/"),
    Screen("board-commitments", "clerk", "/b/commitments/"),
    Screen("figure", "clerk", "/b/suggestions/reply_rate/"),
    Screen("figure-rest", "clerk", "/b/suggestions/reply_rate/?rest=1"),
    Screen("figure-empty", "clerk", "/b/suggestions/met_rate/"),
    Screen("jobs", "system_admin", "/house/jobs/"),
    Screen("reminders", "contact", "/reminders/"),
    Screen("reminders-load", "clerk", "/reminders/load/"),
    Screen("letters", "clerk", "/letters/"),
    Screen("letters-none", "other_deputy", "/letters/"),
    Screen("matter-letters", "clerk", "/m/{handed}/letters/"),
    Screen("letter-draft", "clerk", "/letters/{letter}/"),
    Screen("letter-issued", "contact", "/letters/{issued}/"),
    Screen("letter-void-refused", "clerk", "/letters/{issued}/", send="main form[action$='/void/']", status=422),
    Screen("letter-forms", "clerk", "/letters/forms/"),
    Screen("letter-form", "clerk", "/letters/forms/suggestions/hand_over/"),
    Screen("letter-bulk", "clerk", "/l/suggestions/letters/press/"),
    Screen("cockpit", "leader", "/cockpit/"),
    Screen("cockpit-past", "clerk", "/cockpit/?as_of=2026-03-01&sort=suggestions.reply_rate"),
    Screen("cockpit-rows", "leader", "/cockpit/suggestions/?light=open"),
    Screen("import", "clerk", "/x/suggestions/import/"),
    Screen("import-nothing", "clerk", "/x/suggestions/import/", send=FORM, status=400),
    Screen("import-preview", "clerk", "/x/suggestions/import/", send=FORM, choose="ledger.csv"),
    Screen("coverage", "leader", "/i/appointees/coverage/"),
    Screen("dossier", "leader", "/i/appointees/dossier/{appointee}/"),
    Screen("duty-demand", "clerk", "/i/duty_reports/demand/"),
    Screen("duty-read", "committee", "/i/duty_reports/read/{report}/"),
    Screen("duty-read-mine", "committee", "/i/duty_reports/read/"),
    Screen("duty-board", "leader", "/i/duty_reports/board/"),
    Screen("appraisal-choice", "clerk", "/i/appraisals/choice/"),
    Screen("appraisal-hand-back", "committee", "/i/appraisals/{appraisal}/hand-back/"),
    Screen("appraisal-questionnaires", "clerk", "/i/appraisals/{appraisal}/questionnaires/"),
    Screen("questionnaire", "", "/i/appraisals/q/{token}/"),
    Screen("judicial-draw", "clerk", "/i/judicial/{judge}/draw/"),
    Screen("judicial-score", "clerk", "/i/judicial/{judge}/score/"),
]  # fmt: skip
