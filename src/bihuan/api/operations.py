"""The operations. Each asks `Caller` what may be seen and done; none knows an institution by name."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from ninja import File, Header, Path, Query, Router
from ninja.files import UploadedFile

from bihuan.api import reading, shapes
from bihuan.api.cautions import answered
from bihuan.api.declared import declaration
from bihuan.api.entries import Entries
from bihuan.api.once import once
from bihuan.api.problems import Problem, of_refusal
from bihuan.api.tokens import Caller
from bihuan.loop.forms import Refusal
from bihuan.loop.spec import Institution
from bihuan.loop.terms import BadTerm, due, parse_term
from bihuan.matters import access, files, house
from bihuan.matters import ledger as books
from bihuan.matters.act import Doer, raise_matter
from bihuan.matters.act import act as take
from bihuan.matters.models import Act, Attachment, Matter
from bihuan.matters.situations import limit_json
from bihuan.measures.indicators import compute
from bihuan.people.models import Body, Congress
from bihuan.web.views.raising import Proposers

router = Router()

KeyInPath = Annotated[int, Path(ge=1, le=reading.LARGEST_KEY)]
Word = Annotated[str, Path(min_length=1, max_length=40, pattern=r"^[-a-zA-Z0-9_]+$")]
OnceKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=100,
        pattern=r"^[A-Za-z0-9_.:-]+$",
        description="每个新请求用一个新的；同一请求重发时用同一个，只办一次",
    ),
]


def caller_of(request: HttpRequest) -> Caller:
    """Whom `Bearer` or `by_session` found."""
    found = request.auth  # type: ignore[attr-defined]
    assert isinstance(found, Caller)
    return found


def congress_of(caller: Caller) -> Congress:
    """His congress. Raises Problem 403 for an account without one."""
    if caller.who.user.congress is None:
        raise Problem(403, "这个账号不属于任何人大，没有可读的内容")
    return caller.who.user.congress


# What there is


@router.get("/", response=shapes.Institutions, url_name="api", summary="制度")
def institutions(request: HttpRequest) -> dict[str, Any]:
    """对调用者开放的全部制度。新增一个制度文件夹，这里就多一项。"""
    items = [
        {
            "key": one.key,
            "title": one.title,
            "group": one.group,
            "count_word": one.count_word,
            "url": reverse("api:api-list", args=[one.key]),
        }
        for one in caller_of(request).institutions()
    ]
    return {"items": items}


@router.get("/me/", response=shapes.Me, url_name="api-me", summary="令牌")
def me(request: HttpRequest) -> dict[str, Any]:
    """令牌属于谁、能做什么、何时到期。"""
    caller = caller_of(request)
    token, user = caller.token, caller.who.user
    return {
        "user": str(user),
        "congress": str(user.congress or ""),
        "roles": sorted(caller.who.roles),
        "scopes": token.scopes if token else ["read"],
        "institutions": sorted(caller.keys),
        "expires_on": token.expires_on if token else None,
    }


@router.get("/bodies/", response=shapes.Bodies, url_name="api-bodies", summary="单位")
def bodies(request: HttpRequest) -> dict[str, Any]:
    """本级人大今天有效的机构和单位。"""
    caller = caller_of(request)
    rows = Body.objects.filter(Body.on(caller.who.day), congress=congress_of(caller))
    return {
        "items": [
            {
                "id": row.pk,
                "name": row.name,
                "short_name": row.short_name,
                "kind": row.kind,
                "parent": row.parent_id,
            }
            for row in rows.order_by("path")
        ]
    }


@router.get("/terms/", response=shapes.LimitShape, url_name="api-terms", summary="时限计算")
def terms(
    request: HttpRequest,
    start: Annotated[date, Query(description="起算日")],
    term: Annotated[str, Query(max_length=40, description="如 3个月、30日、5个工作日")],
    rolls: Annotated[bool, Query(description="最后一日是休假日时是否顺延")] = True,
) -> dict[str, Any]:
    """按本级人大的日历计算时限，连同每一天的算法。"""
    calendar = house.calendar_of(congress_of(caller_of(request)))
    try:
        limit = due(start, parse_term(term), calendar, rolls=rolls)
    except (BadTerm, OverflowError) as bad:
        raise Problem(422, str(bad) or "日期太晚，无法计算", field="term") from None
    return limit_json(limit) or {}


@router.get("/matters/{pk}/", response=shapes.MatterWhole, url_name="api-matter", summary="事项")
def matter(request: HttpRequest, pk: KeyInPath) -> dict[str, Any]:
    """一件事项：承办、轨迹、附件，以及调用者现在能办的动作。"""
    caller = caller_of(request)
    return reading.Whole(caller, reading.found(caller, pk)).told()


@router.get("/files/{pk}/", url_name="api-file", summary="附件", response={200: bytes})
def file(request: HttpRequest, pk: KeyInPath) -> HttpResponseBase:
    """下载附件。"""
    row = reading.found_file(caller_of(request), pk)
    try:
        content = files.open_file(row)
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        content, as_attachment=True, filename=row.name, content_type="application/octet-stream"
    )


@router.post("/files/", response={201: shapes.FileShape}, url_name="api-files", summary="上传附件")
def upload(
    request: HttpRequest, key: OnceKey, file: Annotated[UploadedFile, File()]
) -> HttpResponse:
    """上传一个文件，返回的 id 填进办理时的附件栏。类型按内容识别，设置了查毒的先查毒。"""
    caller = caller_of(request)
    token, congress = caller.must("act"), congress_of(caller)

    def work() -> tuple[shapes.FileShape, str]:
        kept = files.keep(file, congress, caller.who.user)
        if not isinstance(kept, Attachment):
            raise Problem(422, kept.say, field="file")
        told = reading.file(kept)
        return shapes.FileShape(**told), told["url"]

    sent = [files.safe_name(file.name or ""), hash_of(file)]
    return once(request, token, key, sent, work)


def hash_of(file: UploadedFile) -> str:
    """SHA-256 of what was sent; the file is at its beginning again."""
    digest = hashlib.sha256()
    for block in file.chunks():
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()


# Doing


@router.post("/matters/{pk}/acts/", response={201: shapes.Done}, url_name="api-act", summary="办理")
def act(request: HttpRequest, pk: KeyInPath, key: OnceKey, sent: shapes.Taking) -> HttpResponse:
    """在一件事项上办一个动作（或在一家单位的承办上）。能办哪些，见该事项的 offers。

    办了以后会被自查规则点出的，先不办：409，`type` 以 `/cautions` 结尾，逐条列出规则、数值、依据和相关事项。
    改过再送；仍要办理的，加上理由（`despite`）再送，可以用同一个 Idempotency-Key。理由连同提示留在动作里。
    """
    caller = caller_of(request)
    token = caller.must("act")
    row = reading.found(caller, pk)

    def work() -> tuple[shapes.Done, str]:
        offer = _offer(caller, row, sent)
        if sent.seen is not None and sent.seen != row.acts_count:
            raise Problem(409, "这件事项刚刚有了新的动作，请看过最新情况再办", field="seen")
        data = Entries(caller, house.institution(row.institution), offer.act).read(sent.data)
        aside = answered(caller, row.congress, offer, row, data, sent.despite)
        done = take(
            row.pk,
            offer.act.id,
            Doer(offer.actor, caller.who.user, offer.on_behalf),
            caller.who.day,
            data,
            share=offer.share,
            seen=sent.seen,
            aside=aside,
        )
        if isinstance(done, Refusal):
            raise of_refusal(done)
        told = reading.done(Matter.objects.get(pk=row.pk), done)
        return told, told.url

    return once(request, token, key, _asked(sent), work)


def _asked(sent: shapes.Taking | shapes.Raising) -> dict[str, Any]:
    """What is asked, as it is compared: without a reason as it was before there were reasons."""
    return sent.model_dump(exclude=None if sent.despite else {"despite"})


def _offer(caller: Caller, row: Matter, sent: shapes.Taking) -> access.Offer:
    declared = {one.id for one in house.institution(row.institution).acts if not one.raises}
    if sent.act not in declared:
        raise Problem(422, "这个制度没有这个动作，请看它的声明（declaration）", field="act")
    mine = [offer for offer in access.offers(caller.who, row) if offer.act.id == sent.act]
    found = next((offer for offer in mine if offer.share == sent.share), None)
    if found is None:
        raise Problem(409, "现在不能办这个动作：环节已经变了，或者不由您办", field="act")
    return found


@router.post(
    "/{institution}/", response={201: shapes.Done}, url_name="api-list", summary="提出事项"
)
def begin(
    request: HttpRequest, institution: Word, key: OnceKey, sent: shapes.Raising
) -> HttpResponse:
    """提出（或补录）一件事项。事前提示和办理时一样；补录往年的不提示。"""
    caller = caller_of(request)
    token, one, congress = caller.must("act"), caller.institution(institution), congress_of(caller)

    def work() -> tuple[shapes.Done, str]:
        offer = next((o for o in access.may_raise(caller.who, one) if o.act.id == sent.act), None)
        if offer is None:
            raise Problem(403, "这个动作不由您办，或者不是提出事项的动作", field="act")
        data = Entries(caller, one, offer.act).read(sent.data)
        proposers = _proposers(caller, one, offer, sent)
        aside = answered(caller, congress, offer, one.key, data, sent.despite)
        begun = raise_matter(
            congress,
            one.key,
            offer.act.id,
            Doer(offer.actor, caller.who.user, offer.on_behalf),
            caller.who.day,
            data,
            proposers=proposers,
            aside=aside,
        )
        if isinstance(begun, Refusal):
            raise of_refusal(begun)
        told = reading.done(begun, Act.objects.get(matter=begun, seq=begun.acts_count))
        return told, told.url

    return once(request, token, key, _asked(sent), work)


def _proposers(
    caller: Caller, one: Institution, offer: access.Offer, sent: shapes.Raising
) -> list[Any]:
    """The seats of the deputies named, as on the form that raises a matter."""
    proposers = Proposers(caller.who, one, offer.actor)
    if not proposers.asked:
        return []
    proposers.fill("、".join(name.replace("\0", "") for name in sent.proposers))
    found = proposers.read()
    if proposers.error:
        say = proposers.error.encode("utf-8", "replace").decode("utf-8")
        raise Problem(422, say, field="proposers")
    return list(found)


# One institution


@router.get("/{institution}/", response=shapes.Matters, url_name="api-list", summary="事项列表")
def matters(
    request: HttpRequest,
    institution: Word,
    light: Annotated[shapes.Light | None, Query(description="亮灯")] = None,
    state: Annotated[str, Query(max_length=40, description="环节")] = "",
    body: Annotated[int | None, Query(ge=1, le=reading.LARGEST_KEY, description="单位")] = None,
    year: Annotated[int | None, Query(ge=1949, le=9999, description="年度")] = None,
    q: Annotated[str, Query(max_length=100, description="全文检索")] = "",
    order: shapes.Order = "oldest",
    after: Annotated[int, Query(ge=0, le=reading.LARGEST_KEY, description="上页给出")] = 0,
    limit: Annotated[int, Query(ge=1, le=reading.MOST, description="每页件数")] = reading.PAGE,
) -> dict[str, Any]:
    """一个制度的事项，按页。筛选和台账相同；可筛选的字段（见声明的 filters）用 `f_字段名=值`。

    一页接一页读到底，其间新增的事项不会使列表漏行或重行；最后一页和第一页一样快。
    """
    caller = caller_of(request)
    one = caller.institution(institution)
    asked = {
        "light": light or "",
        "state": state,
        "body": str(body or ""),
        "year": str(year or ""),
        "q": q,
        **_field_filters(request, one),
    }
    filters = books.Filters.read(one, asked)
    rows, following = reading.page(caller, one, filters, order, after, limit)
    return {
        "items": [reading.short(row, caller.who.day) for row in rows],
        "next": _following(request, one, following) if following else None,
    }


def _field_filters(request: HttpRequest, one: Institution) -> dict[str, str]:
    known = {f"f_{field.name}" for field in books.filterable(one)}
    asked = {name: word for name, word in request.GET.items() if name.startswith("f_")}
    for name in asked:
        if name not in known:
            say = f"这个制度不能按“{name[2:42]}”筛选".replace("\0", "")
            raise Problem(422, say, field=name[:42].replace("\0", ""))
    return {name: str(word) for name, word in asked.items()}


def _following(request: HttpRequest, one: Institution, after: int) -> str:
    asked = {name: word for name, word in request.GET.items() if name != "after"}
    return f"{reverse('api:api-list', args=[one.key])}?{urlencode({**asked, 'after': after})}"


@router.get(
    "/{institution}/declaration/",
    response=shapes.Declaration,
    url_name="api-declaration",
    summary="制度声明",
)
def declared(request: HttpRequest, institution: Word) -> dict[str, Any]:
    """制度的环节、动作、现行参数、指标，以及每个动作要填什么（JSON Schema）。"""
    caller = caller_of(request)
    return declaration(caller, caller.institution(institution), congress_of(caller))


@router.get(
    "/{institution}/indicators/",
    response=shapes.Figures,
    url_name="api-indicators",
    summary="指标",
)
def indicators(
    request: HttpRequest,
    institution: Word,
    as_of: Annotated[date | None, Query(description="截止日，默认今天")] = None,
    year: Annotated[int | None, Query(ge=1949, le=9999, description="年度")] = None,
) -> dict[str, Any]:
    """一个制度的指标：分子、分母、数值、截止日，按调用者能看到的事项计算。"""
    caller = caller_of(request)
    one = caller.institution(institution)
    found = compute(congress_of(caller), one.key, as_of, year=year, matters=caller.visible())
    return {"items": [figure.as_json() for figure in found]}
