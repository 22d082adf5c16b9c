"""Appointees: a dossier that gathers by itself, a map of whom nothing has reached, and who may look at it."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from tests.cast import Cast, cast
from tests.pillars.stories import DAY, appoint, recorded

from bihuan.institutions.appointees import slack
from bihuan.institutions.appointees.coverage import coverage
from bihuan.institutions.appointees.dossier import matters_of
from bihuan.institutions.appointees.holders import holder
from bihuan.matters.act import Doer, raise_matter
from bihuan.matters.models import Matter
from bihuan.people.models import Appointment, Event

__all__ = ["cast"]


def list_slack(cast: Cast, matter: Matter, year: int, act: str = "list_slack") -> None:
    data = {"slack_year": year, "slack_reason": "三条逾期。"}
    data |= {"own_words": "资金未到。"} if act == "list_slack" else {}
    cast.take(matter, act, Doer("leader", cast.leader), DAY, data)


def test_it_gathers_what_reached_his_body_while_he_held_the_post(cast: Cast) -> None:
    person = appoint(cast, ends=date(2026, 3, 31))
    before = cast.suggestion("handed", day=date(2021, 12, 20), title="关于修路的建议")
    during = cast.suggestion("handed", title="关于修桥的建议")
    after = cast.suggestion("handed", day=date(2026, 5, 4), title="关于修站的建议")
    other = cast.suggestion("handed", lead="finance", title="关于经费的建议")
    own = holder(cast.congress, person.pk)
    assert own
    found = matters_of(own, cast.congress.pk)
    assert [m.title for m in found] == ["关于修桥的建议"]
    assert not {before.pk, after.pk, other.pk} & {m.pk for m in found} and during.pk in {
        m.pk for m in found
    }


def test_it_opens_each_line_and_logs_each_look(cast: Cast) -> None:
    person = appoint(cast)
    matter = cast.suggestion("handed")
    page = cast.client("leader").get(reverse("appointees:dossier", args=[person.pk]))
    assert f'href="/m/{matter.pk}/"' in page.content.decode()
    seen = Event.objects.get(kind="dossier")
    assert seen.ok and person.name in seen.what and seen.user == cast.leader
    log = cast.client("audit_admin").get("/house/events/?kind=dossier").content.decode()
    assert "查看档案" in log and person.name in log


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("leader", 200), ("clerk", 200), ("contact", 200), ("committee", 403), ("deputy", 403),
        ("other_contact", 403), ("audit_admin", 403), ("system_admin", 403), ("outsider", 403),
    ],
)  # fmt: skip
def test_it_shows_a_dossier_to_few(cast: Cast, role: str, status: int) -> None:
    person = appoint(cast)
    answer = cast.client(role).get(reverse("appointees:dossier", args=[person.pk]))
    assert answer.status_code == status
    assert Event.objects.filter(kind="dossier", ok=status == 200).count() == 1


def test_it_shows_a_clerk_of_another_office_the_door(cast: Cast) -> None:
    person = appoint(cast)
    cast.clerk.grants.update(body=cast.bodies["finance"])
    for name in ("coverage", "dossier"):
        args = [person.pk] if name == "dossier" else []
        page = cast.client("clerk").get(reverse(f"appointees:{name}", args=args))
        assert page.status_code == 403


def test_it_names_the_gaps_of_the_term(cast: Cast) -> None:
    reached, missed = appoint(cast), appoint(cast, "other_contact", "finance")
    cast.suggestion("handed")
    found = coverage(cast.congress, DAY)
    assert found.reached("suggestion") == 1
    assert [row.holder.person for row in found.gap("suggestion")] == [missed]
    page = cast.client("leader").get("/i/appointees/coverage/?gap=suggestion").content.decode()
    assert missed.name in page and reached.name not in page.split("<tbody>")[1]


def test_it_counts_reports_and_appraisals_only_where_they_name_him(cast: Cast) -> None:
    appoint(cast)
    clerk = Doer("clerk", cast.clerk)
    data = {"title": "履职报告", "year": 2025, "appointee": "别人", "conclude_on": "2026-03-01"}
    data |= {"lead_bodies": [str(cast.bodies["traffic"].pk)]}
    raise_matter(cast.congress, "duty_reports", "record", clerk, DAY, data)
    assert coverage(cast.congress, DAY).reached("report") == 0
    raise_matter(
        cast.congress, "duty_reports", "record", clerk, DAY, {**data, "appointee": "周建国"}
    )
    assert coverage(cast.congress, DAY).reached("report") == 1


def test_it_tells_of_two_years_running_that_people_listed(cast: Cast) -> None:
    matter = recorded(cast, appoint(cast))
    list_slack(cast, matter, 2023)
    list_slack(cast, matter, 2025)
    assert slack.listed(cast.congress, DAY) == []
    list_slack(cast, matter, 2024)
    found = slack.listed(cast.congress, DAY)
    assert [(one.person, one.years) for one in found] == [("周建国", (2023, 2024, 2025))]
    assert all(act.data["own_words"] for act in found[0].acts)
    page = cast.client("leader").get(reverse("appointees:coverage")).content.decode()
    assert "请主任会议研究" in page and "资金未到" in page


def test_it_tells_nothing_once_a_year_is_lifted(cast: Cast) -> None:
    matter = recorded(cast, appoint(cast))
    for year in (2024, 2025):
        list_slack(cast, matter, year)
    list_slack(cast, matter, 2024, "lift_slack")
    assert slack.listed(cast.congress, DAY) == []


def test_it_leaves_him_in_office_whatever_is_listed(cast: Cast) -> None:
    person = appoint(cast)
    matter = recorded(cast, person)
    for year in range(2022, 2026):
        list_slack(cast, matter, year)
    matter.refresh_from_db()
    assert matter.state == "in_office"
    assert Appointment.objects.get(person=person, by_committee=True).ends is None


def test_it_offers_his_own_dossier_to_the_appointee(cast: Cast) -> None:
    person = appoint(cast)
    home = cast.client("contact").get("/today/").content.decode()
    assert "/i/appointees/mine/" in home and "/i/appointees/coverage/" not in home
    page = cast.client("contact").get("/i/appointees/mine/")
    assert person.name in page.content.decode()
    assert "/i/appointees/" not in cast.client("other_contact").get("/today/").content.decode()
