"""Every screen the program has, each with somebody who sees it, and a congress in which there is something to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.browser.votes import votes
from tests.cast import Cast, make_cast
from tests.pillars import bench, stories
from tests.sessions.committee import at, make_committee

from bihuan.api.models import Subscription
from bihuan.findings.models import Finding
from bihuan.findings.run import run
from bihuan.institutions.duty_reports.models import Reader
from bihuan.institutions.judicial import sheets
from bihuan.institutions.judicial.models import Invitation
from bihuan.institutions.sessions import presence, speaking, taking_down
from bihuan.institutions.sessions import votes as voting
from bihuan.institutions.sessions.models import Note, Speech
from bihuan.jobs import worker
from bihuan.letters import access as letter_access
from bihuan.letters import background, declared, register
from bihuan.letters.models import Letter
from bihuan.matters import access
from bihuan.matters.act import Doer, raise_matter
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
    for day in (date(2026, 8, 3), date(2026, 9, 1)):
        note = {"press_note": "请抓紧办理，并向代表说明原因。"}
        cast.take(named["working"], "press", Doer("leader", cast.leader), day, note)
    numbers = {name: str(matter.pk) for name, matter in named.items()}
    numbers |= _letters(cast, named["handed"])
    numbers |= _session(cast)
    numbers |= votes(cast)
    numbers |= _conduct(cast)
    numbers |= _pillars(cast)
    hook = Subscription.objects.create(user=cast.clerk, name="政务平台", url="https://example.org/")
    return cast, {
        **numbers,
        "congress": str(cast.congress.pk),
        "traffic": str(cast.bodies["traffic"].pk),
        "contact": str(cast.contact.pk),
        "hook": str(hook.pk),
    }


def _session(cast: Cast) -> dict[str, str]:
    """A committee session under way: a late report, a vote, somebody on leave, a note that became an opinion."""
    committee, day = make_committee(cast), date(2026, 5, 28)
    session, by = committee.session(day), cast.clerk
    committee.report(session, date(2026, 5, 18))
    item = committee.item(session, date(2026, 5, 18))
    committee.arrive(session, 7, at(day, 8, 50))
    presence.ask_leave(session, committee.members[8], "赴省参加培训", by, date(2026, 5, 25))
    presence.open_session(session, at(day, 9))
    cast.take(item.matter, "hear", committee.clerk, day)
    speech = speaking.sign_up(item, committee.members[0], by)
    speaking.sign_up(item, committee.members[7], by)
    assert isinstance(speech, Speech)
    speaking.begin(speech, at(day, 9, 10))
    speaking.end(speech, at(day, 9, 28))
    voting.book(item, voting.Count(6, 0, 1), at(day, 10), by)
    note = taking_down.take_down(
        item, committee.members[0], "公布停车收费目录", "城管局三个月内公布。", by
    )
    taking_down.take_down(item, None, "清退私设停车位", "逐处核实，限期清退。", by)
    assert isinstance(note, Note)
    taking_down.form_opinion(note, committee.clerk, day)
    coming = committee.session(date(2026, 7, 23), 35)
    committee.report(coming, date(2026, 5, 18), "关于农村饮水安全的报告")
    return {"session": str(session.pk), "coming": str(coming.pk)}


def _conduct(cast: Cast) -> dict[str, str]:
    """A paper in disguise sent back to be mended, a finding about it, and a township that is asked for things."""
    clerk, day = Doer("clerk", cast.clerk), date(2026, 5, 20)
    township = str(cast.bodies["township"].pk)
    plain = {"organizer": "办公室", "issued_on": "2026-05-21", "addressees": [township]}
    text = "各乡镇人大：请于6月25日前将排查情况报送市人大办公室，并逐项填报台账。"
    hint = raise_matter(
        cast.congress, "paperwork", "raise", clerk, day,
        {"title": "关于防汛的工作提示", "paper_kind": "工作提示", "inside": False, "text": text, **plain},
    )  # fmt: skip
    assert isinstance(hint, Matter), hint
    cast.take(hint, "send_back", clerk, day, {"note": "请按通知制发。"})
    for title in ("防汛调度会", "水库安全会"):
        made = raise_matter(
            cast.congress, "meetings", "raise", clerk, day,
            {
                "title": title, "meeting_kind": "一般性会议", "organizer": "督查室",
                "held_on": "2026-05-28", "minutes_planned": 60, "units": [township],
                "materials": "水库名册",
            },
        )  # fmt: skip
        assert isinstance(made, Matter), made
    run(cast.congress, day, 2026)
    finding = Finding.objects.get(check_key="red_to_white")
    return {"hint": str(hint.pk), "finding": str(finding.pk), "township": township}


def _letters(cast: Cast, matter: Matter) -> dict[str, str]:
    """A letter still a draft, and one that was issued."""
    who = access.standing_of(cast.clerk, date(2026, 5, 20))
    kind = declared.letters()["suggestions/hand_over"]
    about = register.Subject(matter, letter_access.shares_for(who, kind, matter)[0])
    rows = [register.draft(who, kind, about, who.day) for _ in range(2)]
    draft, issued = (row for row in rows if isinstance(row, Letter))
    register.issue(who, issued.pk, who.day)
    job = background.ask(who, kind, [about.share] if about.share else [], "")
    worker.drain("screens")
    return {"letter": str(draft.pk), "issued": str(issued.pk), "run": str(job.pk)}


def _pillars(cast: Cast) -> dict[str, str]:
    """An appointee with his report, an appraisal with a problem and a questionnaire, a judge to be drawn for."""
    person = stories.appoint(cast)
    report, judge = stories.report(cast, "双盲"), stories.judges_appraisal(cast)
    appraisal = stories.appraisal(cast, problems=1)
    asked = stories.questionnaire(cast, appraisal)
    Reader.objects.create(congress=cast.congress, matter=report, user=cast.committee)
    bench.persons_drawn(cast)
    reviewed = bench.reviewing(cast, experts=2)
    expert = Invitation.objects.order_by("pk")[0]
    named = {
        "appointee": person.pk,
        "report": report.pk,
        "judge": judge.pk,
        "reviewed": reviewed.pk,
    }
    numbers = {key: str(pk) for key, pk in {**named, "appraisal": appraisal.pk}.items()}
    return numbers | {"token": asked.token, "expert": sheets.token_of(expert)}


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
ASIDE = "main form[action$='/set-aside/']"
GIVE = "main form[action$='/give/']"
PLAN = "main form[action$='/sessions/new/']"
ITEM = "main form[action$='/items/']"
NOTE = "main form[action$='/notes/add/']"

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
    Screen("findings", "clerk", "/findings/"),
    Screen("findings-nothing", "leader", "/findings/?state=gone"),
    Screen("finding", "clerk", "/findings/{finding}/"),
    Screen("finding-confirm", "clerk", "/findings/{finding}/confirm/"),
    Screen("finding-confirm-refused", "clerk", "/findings/{finding}/confirm/", send=FORM, status=422),
    Screen("finding-refused", "clerk", "/findings/{finding}/", send=ASIDE, status=422),
    Screen("checks", "committee", "/findings/checks/"),
    Screen("burdens", "clerk", "/burdens/?q=2026-2"),
    Screen("burden", "leader", "/burdens/{township}/?month=2026-05"),
    Screen("burden-mine", "unit", "/burdens/mine/?month=2026-05"),
    Screen("raise-paper", "clerk", "/l/paperwork/new/raise/"),
    Screen("caution", "clerk", "/m/{hint}/act/revise/", send=ACT, status=422),
    Screen("matter-paper", "clerk", "/m/{hint}/"),
    Screen("ledger-inspections", "clerk", "/l/inspections/"),
    Screen("reminders", "contact", "/reminders/"),
    Screen("reminders-load", "clerk", "/reminders/load/"),
    Screen("reminder-choices", "contact", "/reminders/choices/"),
    Screen("robot-refused", "contact", "/reminders/choices/", send="main form[action$='/robot/']", status=422),
    Screen("gateways", "system_admin", "/reminders/gateways/"),
    Screen("messages", "system_admin", "/reminders/messages/"),
    Screen("second-factor", "clerk", "/second-factor/"),
    Screen("second-factor-refused", "clerk", "/second-factor/", send="main form[action='/second-factor/']", status=422),
    Screen("second-factors", "security_admin", "/house/second-factors/"),
    Screen("link", "system_admin", "/house/users/{contact}/link/"),
    Screen("param-reminding", "clerk", "/house/params/reminding/digest_hour/"),
    Screen("letters", "clerk", "/letters/"),
    Screen("letters-none", "other_deputy", "/letters/"),
    Screen("matter-letters", "clerk", "/m/{handed}/letters/"),
    Screen("letter-draft", "clerk", "/letters/{letter}/"),
    Screen("letter-issued", "contact", "/letters/{issued}/"),
    Screen("letter-void-refused", "clerk", "/letters/{issued}/", send="main form[action$='/void/']", status=422),
    Screen("letter-forms", "clerk", "/letters/forms/"),
    Screen("letter-form", "clerk", "/letters/forms/suggestions/hand_over/"),
    Screen("letter-bulk", "clerk", "/l/suggestions/letters/press/"),
    Screen("ballots", "clerk", "/ballots/"),
    Screen("ballot-new", "clerk", "/ballots/new/?matter={voting}&declared=satisfaction"),
    Screen("ballot-new-refused", "clerk", "/ballots/new/", send=FORM, status=422),
    Screen("ballot-draft", "clerk", "/ballots/{vote_draft}/"),
    Screen("ballot-open", "clerk", "/ballots/{vote_open}/"),
    Screen("ballot-entry-refused", "clerk", "/ballots/{vote_paper}/entry/", send=FORM, status=422),
    Screen("ballot-vote", "deputy", "/ballots/{vote_open}/vote/"),
    Screen("ballot-score", "deputy", "/ballots/{vote_score}/vote/"),
    Screen("ballot-closed", "leader", "/ballots/{vote_closed}/?receipt=AAAA-AAAA-AAAA-AAAA"),
    Screen("ballot-declare", "clerk", "/ballots/{vote_closed}/declare/1/"),
    Screen("ballot-hall", "leader", "/ballots/{vote_open}/hall/"),
    Screen("ballot-public", "", "/ballots/{vote_public}/public/"),
    Screen("matter-voting", "clerk", "/m/{voting}/"),
    Screen("draws", "leader", "/draws/"),
    Screen("draw-new-refused", "clerk", "/draws/new/", send=FORM, status=422),
    Screen("draw-opening", "clerk", "/draws/{draw_opening}/"),
    Screen("draw-drawn", "leader", "/draws/{draw_drawn}/"),
    Screen("draw-hall", "leader", "/draws/{draw_drawn}/hall/"),
    Screen("draw-hall-opening", "leader", "/draws/{draw_opening}/hall/"),
    Screen("draw-public", "", "/draws/{draw_drawn}/public/"),
    Screen("draw-public-opening", "", "/draws/{draw_opening}/public/"),
    Screen("draw-public-void", "", "/draws/{draw_void}/public/"),
    Screen("draw-public-past", "", "/draws/{draw_past}/public/"),
    Screen("draws-public", "", "/draws/public/{congress}/"),
    Screen("letter-run", "clerk", "/letters/runs/{run}/"),
    Screen("cockpit", "leader", "/cockpit/"),
    Screen("cockpit-past", "clerk", "/cockpit/?as_of=2026-03-01&sort=suggestions.reply_rate"),
    Screen("cockpit-rows", "leader", "/cockpit/suggestions/?light=open"),
    Screen("sessions", "clerk", "/i/sessions/?year=2026"),
    Screen("sessions-refused", "clerk", "/i/sessions/?year=2026", send=PLAN, status=422),
    Screen("session", "clerk", "/i/sessions/{session}/"),
    Screen("session-coming", "clerk", "/i/sessions/{coming}/"),
    Screen("session-member", "deputy", "/i/sessions/{coming}/"),
    Screen("session-item-refused", "clerk", "/i/sessions/{coming}/", send=ITEM, status=422),
    Screen("session-attendance", "clerk", "/i/sessions/{session}/attendance/"),
    Screen("session-speakers", "clerk", "/i/sessions/{session}/speakers/"),
    Screen("session-notes", "clerk", "/i/sessions/{session}/notes/"),
    Screen("session-note-refused", "clerk", "/i/sessions/{session}/notes/", send=NOTE, status=422),
    Screen("session-projector", "leader", "/i/sessions/{session}/projector/"),
    Screen("cockpit-body", "leader", "/cockpit/body/{traffic}/"),
    Screen("ladder", "leader", "/ladder/"),
    Screen("ladder-taken", "clerk", "/l/talks/new/talk/?proposal=talk-b{traffic}"),
    Screen("removal-refused", "clerk", "/l/removals/new/draft/", send=FORM, status=422),
    Screen("selfcheck", "clerk", "/selfcheck/?as_of=2026-06-01"),
    Screen("rulebook", "leader", "/rulebook/"),
    Screen("rulebook-chapter", "system_admin", "/rulebook/?institution=paperwork"),
    Screen("trial", "clerk", "/rulebook/trial/"),
    Screen("trial-refused", "clerk", "/rulebook/trial/?rule=paperwork.too_long.length_most&value=abc&year=2026"),
    Screen("import", "clerk", "/x/suggestions/import/"),
    Screen("import-nothing", "clerk", "/x/suggestions/import/", send=FORM, status=400),
    Screen("import-preview", "clerk", "/x/suggestions/import/", send=FORM, choose="ledger.csv"),
    Screen("import-cautions", "clerk", "/x/meetings/import/", send=FORM, choose="meetings.csv"),
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
    Screen("judicial-experts", "clerk", "/i/judicial/{reviewed}/score/"),
    Screen("judicial-persons", "clerk", "/i/judicial/persons/"),
    Screen("judicial-persons-refused", "clerk", "/i/judicial/persons/", send="main details form", status=422),
    Screen("expert", "", "/i/judicial/expert/{expert}/"),
    Screen("expert-refused", "", "/i/judicial/expert/{expert}/", send="main form", status=422),
    Screen("expert-over", "", "/i/judicial/expert/1:x/", status=404),
]  # fmt: skip
