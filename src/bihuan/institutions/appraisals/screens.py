"""Pages over appraisals: choosing bodies for the term, handing problems back, questionnaires and their public side."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.api import meter
from bihuan.institutions.appraisals import asking, covering, handing_back
from bihuan.institutions.appraisals.models import Questionnaire
from bihuan.loop.forms import Refusal
from bihuan.matters.access import Standing
from bihuan.matters.act import key_of
from bihuan.matters.models import Matter
from bihuan.web import language, scan
from bihuan.web.events import address_of
from bihuan.web.rooms import Entry
from bihuan.web.standing import doer_of, matter_of, only, standing
from bihuan.web.typed import typed_day
from bihuan.web.views.people import congress_of

KEY = "appraisals"
WORKS = ("clerk", "committee")
WRONG = 422
ANSWERS_A_MINUTE = 12
"""From one address: enough for a hall behind one connection, too few to stuff a box by machine."""


# Choosing for the term


@only("clerk", "committee", "leader")
@require_GET
def choice(request: HttpRequest) -> HttpResponse:
    """Every department with the years in which it was appraised; those never reached first."""
    who = standing(request)
    rows = covering.departments(congress_of(request), who.day)
    shown = {
        "rows": sorted(rows, key=lambda row: bool(row.appraisals)),
        "reached": sum(bool(row.appraisals) for row in rows),
        "day": who.day,
    }
    return render(request, "appraisals/choice.html", shown)


# Handing back


@only(*WORKS)
@require_http_methods(["GET", "POST"])
def hand_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The problems as noted, each with a person and a limit to be filled in, and one button for all."""
    matter, who = matter_of(request, pk, KEY), standing(request)
    problems, share = handing_back.noted(matter), handing_back.appraised(matter)
    refusal: Refusal | None = None
    if request.method == "POST":
        given = _given(request, problems)
        note = request.POST.get("note", "").replace("\0", "").strip()
        refusal = (
            given
            if isinstance(given, Refusal)
            else handing_back.hand_back(matter, given, note, doer_of(who, *WORKS), who.day)
        )
        if refusal is None:
            messages.success(request, _("已反馈 %(n)s 个问题。") % {"n": len(problems)})
            return redirect("matter", pk)
    lines = [
        (problem, request.POST.get(f"person-{problem.pk}"), request.POST.get(f"by-{problem.pk}"))
        for problem in problems
    ]
    shown = {
        "matter": matter,
        "lines": lines,
        "share": share,
        "refusal": refusal,
        "given": request.POST,
    }
    return render(request, "appraisals/hand_back.html", shown, status=WRONG if refusal else 200)


def _given(request: HttpRequest, problems: list[Matter]) -> list[handing_back.Given] | Refusal:
    found = []
    for number, problem in enumerate(problems, 1):
        person = request.POST.get(f"person-{problem.pk}", "").replace("\0", "").strip()
        by = typed_day(request.POST.get(f"by-{problem.pk}", ""))
        if not person or by is None:
            return Refusal(_("第 %(n)s 个问题请填写责任人和整改时限") % {"n": number})
        found.append(handing_back.Given(problem, person, by))
    return found


# Questionnaires, for those who ask


@only(*WORKS)
@require_http_methods(["GET", "POST"])
def questionnaires(request: HttpRequest, pk: int) -> HttpResponse:
    """An appraisal's questionnaires with their codes and totals, and the form for a new one."""
    matter, who = matter_of(request, pk, KEY), standing(request)
    refusal: Refusal | None = None
    if request.method == "POST":
        refusal = _asked_to(request, matter, who)
        if refusal is None:
            return redirect("appraisals:questionnaires", pk)
    lines = [
        (asked, _link(request, asked), asked.answers.count(), asking.totals(asked), _words(asked))
        for asked in Questionnaire.objects.filter(matter=matter)
    ]
    shown = {
        "matter": matter,
        "lines": lines,
        "may_open": matter.state in asking.OPEN_STATES,
        "refusal": refusal,
        "given": request.POST if refusal else {},
        "day": who.day,
    }
    status = WRONG if refusal else 200
    return render(request, "appraisals/questionnaires.html", shown, status=status)


def _asked_to(request: HttpRequest, matter: Matter, who: Standing) -> Refusal | None:
    if request.POST.get("do") == "enter":
        asked = _questionnaire(matter, request.POST.get("questionnaire", ""))
        return asking.enter(asked, doer_of(who, *WORKS), who.day)
    closes = typed_day(request.POST.get("closes", ""))
    title, lines = request.POST.get("title", ""), request.POST.get("questions", "")
    draft = asking.read_draft(title, lines, closes, who.day)
    if isinstance(draft, Refusal):
        return draft
    made = asking.make(matter, draft, who.user, who.day)
    return made if isinstance(made, Refusal) else None


def _questionnaire(matter: Matter, key: str) -> Questionnaire:
    return get_object_or_404(Questionnaire, matter=matter, pk=key_of(key))


def _link(request: HttpRequest, asked: Questionnaire) -> str:
    return scan.whole_address(request, "appraisals:answer", asked.token)


def _words(asked: Questionnaire) -> list[str]:
    return [words for words in asked.answers.values_list("words", flat=True) if words]


@login_required
@require_GET
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """The scan-code of a questionnaire, as SVG."""
    if not standing(request).has(*WORKS):
        raise PermissionDenied
    asked = get_object_or_404(Questionnaire, pk=pk, congress=congress_of(request))
    return scan.picture_of(_link(request, asked))


# Questionnaires, for anyone


@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The public page: the questions, what is kept and for how long; no account, no name."""
    asked = get_object_or_404(Questionnaire.objects.select_related("congress"), token=token)
    today = timezone.localdate()
    given = [request.POST.get(f"q-{n}", "") for n in range(len(asked.questions))]
    refusal: Refusal | None = None
    if request.method == "POST":
        wait = meter.take(_counted_by(request, token), ANSWERS_A_MINUTE)
        if wait:
            return _public(request, asked, given, Refusal(_too_many(wait)), 429)
        refusal = asking.answer(asked, given, request.POST.get("words", ""), today)
        if refusal is None:
            return render(request, "appraisals/thanks.html", {"asked": asked})
    return _public(request, asked, given, refusal, WRONG if refusal else 200)


def _counted_by(request: HttpRequest, token: str) -> str:
    """Where an address is counted for a minute: by a hash, so that no table tells who answered what."""
    word = f"{settings.SECRET_KEY}/{token}/{address_of(request)}/{timezone.localdate()}"
    return f"answer:{sha256(word.encode()).hexdigest()[:32]}"


def _too_many(wait: int) -> str:
    return _("这个网络上答卷太密，请在 %(n)s 秒后再交") % {"n": wait}


def _public(
    request: HttpRequest,
    asked: Questionnaire,
    given: list[str],
    refusal: Refusal | None,
    status: int,
) -> HttpResponse:
    today = timezone.localdate()
    shown: dict[str, Any] = {
        "asked": asked,
        "congress": asked.congress,
        "lines": list(zip(range(len(asked.questions)), asked.questions, given, strict=True)),
        "choices": asking.CHOICES,
        "longest": asking.LONGEST_WORDS,
        "words": request.POST.get("words", ""),
        "open": asked.opens <= today <= asked.closes,
        "refusal": refusal,
    }
    return render(request, "appraisals/answer.html", shown, status=status)


urlpatterns = [
    path("choice/", choice, name="choice"),
    path("<int:pk>/hand-back/", hand_back, name="hand_back"),
    path("<int:pk>/questionnaires/", questionnaires, name="questionnaires"),
    path("code/<int:pk>/", code, name="code"),
    path("q/<slug:token>/", answer, name="answer"),
]


def menu(who: Standing) -> list[Entry]:
    """Choosing for the term."""
    group = language.institution(KEY).group
    if not who.has("clerk", "committee", "leader"):
        return []
    return [Entry(group, _("本届评议对象"), "appraisals:choice")]
