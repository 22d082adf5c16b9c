"""Letters on screen: the register, a matter's letters, a draft with its preview."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.letters import access as letter_access
from bihuan.letters import background, declared, free, ledger, pdf, register
from bihuan.letters.models import STATES, Letter
from bihuan.letters.sandbox import BadTemplate
from bihuan.letters.text import pieces
from bihuan.loop.forms import Refusal
from bihuan.matters import access, files
from bihuan.matters.models import Assignment, Matter
from bihuan.web import language
from bihuan.web.attached import DOCX, SHEET, attached
from bihuan.web.events import note
from bihuan.web.standing import institution_of, standing, works

KINDS = {
    "docx": DOCX,
    "pdf": "application/pdf",
}
SHOWN = 100


@login_required
@require_GET
def register_page(request: HttpRequest) -> HttpResponse:
    """The register: numbers in order, void ones among them, with what may be drafted for a year."""
    who = standing(request)
    if not works(who):
        raise PermissionDenied
    rows = _narrowed(request, letter_access.readable(who))
    page = _page(request.GET.get("page", ""))
    found = list(rows[(page - 1) * SHOWN : page * SHOWN + 1])
    every = letter_access.readable(who)
    chosen = {name: request.GET.get(name, "")[:60] for name in ("state", "year", "q")}
    query = request.GET.copy()
    query.pop("page", None)
    shown = {
        "rows": found[:SHOWN],
        "page": page,
        "more": len(found) > SHOWN,
        "query": query.urlencode(),
        "chosen": chosen,
        "states": STATES.items(),
        "years": every.exclude(year=None)
        .order_by("-year")
        .values_list("year", flat=True)
        .distinct(),
        "yearly": [
            one for one in _letters() if one.about == "year" and letter_access.may_make(who, one)
        ],
        "this_year": timezone.localdate().year,
        "may_set": who.has("clerk"),
        "free": free.offered(who),
        "runs": background.runs(who).order_by("-pk")[:5],
    }
    return render(request, "letters/register.html", shown)


def _narrowed(request: HttpRequest, rows: QuerySet[Letter]) -> QuerySet[Letter]:
    state, year = request.GET.get("state", ""), request.GET.get("year", "")
    words = request.GET.get("q", "").replace("\0", "").strip()[:60]
    if state in STATES:
        rows = rows.filter(state=state)
    if year.isascii() and year.isdigit() and len(year) == 4:
        rows = rows.filter(year=int(year))
    if words:
        rows = rows.filter(subject__contains=words)
    return rows.select_related("issued_by__person")


def _page(word: str) -> int:
    return int(word) if word.isascii() and word.isdigit() and 0 < int(word[:6]) < 10_000 else 1


def _letters() -> list[declared.Letter]:
    return list(declared.letters().values())


@login_required
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The register as this user sees it, as a workbook."""
    who, today = standing(request), timezone.localdate()
    if not works(who) or who.user.congress is None:
        raise PermissionDenied
    rows = _narrowed(request, letter_access.readable(who).exclude(state="draft"))
    title = f"{who.user.congress.short_name}发文登记簿"
    note(request, "letter", "导出发文登记簿")
    return attached(ledger.workbook(rows, title), SHEET, f"{title}-{today:%Y%m%d}.xlsx")


@login_required
@require_GET
def of_matter(request: HttpRequest, pk: int) -> HttpResponse:
    """A matter's letters, and those this user may draft about it now."""
    return _matter_page(request, _matter(request, pk))


def _matter_page(request: HttpRequest, row: Matter, sentence: str = "") -> HttpResponse:
    who = standing(request)
    offers: list[tuple[declared.Letter, Assignment | None]] = []
    for letter in declared.of_institution(row.institution):
        if letter.about == "share":
            offers += [(letter, share) for share in letter_access.shares_for(who, letter, row)]
        elif letter_access.on_matter(who, letter, row):
            offers.append((letter, None))
    shown = {
        "matter": row,
        "one": language.institution(row.institution),
        "rows": letter_access.readable(who).filter(matter=row).select_related("body"),
        "offers": offers,
        "sentence": sentence,
    }
    return render(request, "letters/matter.html", shown, status=422 if sentence else 200)


def _matter(request: HttpRequest, pk: int) -> Matter:
    row = get_object_or_404(access.visible(standing(request)).select_related("congress"), pk=pk)
    institution_of(request, row.institution)
    return row


@login_required
@require_POST
def new(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Begin a draft about the matter or one of its shares."""
    who, row = standing(request), _matter(request, pk)
    letter = declared.letters().get(f"{row.institution}/{key}")
    if letter is None:
        raise Http404
    about = register.Subject(row)
    if letter.about == "share":
        shares = letter_access.shares_for(who, letter, row)
        share = next((one for one in shares if one.key == request.POST.get("share", "")), None)
        if share is None:
            raise Http404
        about = register.Subject(row, share)
    elif not letter_access.on_matter(who, letter, row):
        raise PermissionDenied
    made = register.draft(who, letter, about, timezone.localdate())
    if isinstance(made, Refusal):
        return _matter_page(request, row, made.say)
    return redirect("letter", made.pk)


@login_required
@require_POST
def new_of_year(request: HttpRequest, institution: str, key: str) -> HttpResponse:
    """Begin a draft about a year."""
    who = standing(request)
    letter = declared.letters().get(f"{institution}/{key}")
    if letter is None or letter.about != "year":
        raise Http404
    if not letter_access.may_make(who, letter):
        raise PermissionDenied
    word = request.POST.get("year", "")
    year = int(word) if word.isascii() and word.isdigit() and len(word) == 4 else 0
    if not 1954 <= year <= timezone.localdate().year:
        return _refuse(request, _("年度写成四位数字，如 2026，不能晚于今年。"))
    made = register.draft(who, letter, register.Subject(year=year), timezone.localdate())
    if isinstance(made, Refusal):
        return _refuse(request, made.say)
    return redirect("letter", made.pk)


@login_required
@require_POST
def new_free(request: HttpRequest) -> HttpResponse:
    """Begin a letter of one's own, of any kind this user may issue."""
    who = standing(request)
    name = f"{declared.FREE.key}/{request.POST.get('kind', '')[:40]}"
    letter = declared.letters().get(name)
    if letter is None:
        return _refuse(request, _("请从列表中选择文种。"))
    if not letter_access.may_make(who, letter):
        raise PermissionDenied
    made = free.begin(who, letter, timezone.localdate())
    if isinstance(made, Refusal):
        return _refuse(request, made.say)
    return redirect("letter", made.pk)


def _refuse(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, "letters/refused.html", {"sentence": sentence}, status=422)


@login_required
@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """A letter: a draft to go on with and its text as set, or an issued one with its files."""
    who = standing(request)
    if request.method == "POST":
        row = get_object_or_404(letter_access.editable(who), pk=pk)
        refusal = register.edit(row, request.POST.dict())
        if refusal:
            return _letter_page(request, row, refusal)
        if request.POST.get("then") == "issue":
            return _issued(request, row)
        return redirect("letter", pk)
    return _letter_page(request, get_object_or_404(letter_access.readable(who), pk=pk))


def _letter_page(request: HttpRequest, row: Letter, refusal: Refusal | None = None) -> HttpResponse:
    who = standing(request)
    mine = letter_access.editable(who).filter(pk=row.pk).exists()
    shown = {
        "row": row,
        "kind": declared.letters().get(f"{row.institution}/{row.key}"),
        "one": language.worded(declared.ground(row.institution)),
        "pieces": pieces(row.text),
        "editable": mine and row.state == "draft",
        "may_void": mine and row.state == "issued",
        "refusal": refusal,
        "pdf_here": pdf.available(),
        "no_pdf": pdf.MISSING,
        "today": timezone.localdate(),
    }
    return render(request, "letters/letter.html", shown, status=422 if refusal else 200)


@login_required
@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the next number and issue."""
    return _issued(request, get_object_or_404(letter_access.editable(standing(request)), pk=pk))


def _issued(request: HttpRequest, row: Letter) -> HttpResponse:
    made = register.issue(standing(request), row.pk, timezone.localdate())
    if isinstance(made, Refusal):
        return _letter_page(request, row, made)
    note(request, "letter", f"编号发文 {made.written}")
    return redirect("letter", made.pk)


@login_required
@require_POST
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """Declare an issued letter void, with a reason; its number stays."""
    row = get_object_or_404(letter_access.editable(standing(request)), pk=pk)
    made = register.void(standing(request), pk, request.POST.get("reason", ""))
    if isinstance(made, Refusal):
        return _letter_page(request, row, made)
    note(request, "letter", f"公文作废 {made.written}")
    return redirect("letter", pk)


@login_required
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    row = get_object_or_404(letter_access.editable(standing(request)), pk=pk)
    refusal = register.discard(row)
    if refusal:
        return _letter_page(request, row, refusal)
    return redirect("matter-letters", row.matter_id) if row.matter_id else redirect("letters")


@login_required
@require_GET
def file(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """The letter as Word or PDF; a draft is drawn as it would be issued today."""
    who = standing(request)
    row = get_object_or_404(letter_access.readable(who), pk=pk)
    if kind not in KINDS:
        raise Http404
    try:
        if row.state != "draft":
            return _kept(request, row, kind)
        made = register.preview(who, row, timezone.localdate())
        content = pdf.from_docx(made) if kind == "pdf" else made
    except (BadTemplate, pdf.NoPdf) as no:
        return _letter_page(request, row, Refusal(str(no)))
    return attached(content, KINDS[kind], f"{_('草稿')} {row.subject}.{kind}", inline=kind == "pdf")


def _kept(request: HttpRequest, row: Letter, kind: str) -> HttpResponseBase:
    if kind == "pdf":
        refusal = register.keep_pdf(standing(request), row)
        if refusal:
            return _letter_page(request, row, refusal)
    kept = row.pdf if kind == "pdf" else row.docx
    if kept is None:
        raise Http404
    try:
        content = files.open_file(kept)
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(content, as_attachment=kind == "docx", filename=kept.name)
