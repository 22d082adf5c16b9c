"""What a congress sets for its letters, on screen: document codes and templates of its own."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.letters import declared, own_forms, register, variables
from bihuan.letters.models import OwnForm
from bihuan.loop.forms import Refusal
from bihuan.web import language
from bihuan.web.attached import DOCX, attached
from bihuan.web.standing import institution_of, only, standing


@only(*own_forms.MAY_SET)
@require_GET
def forms(request: HttpRequest) -> HttpResponse:
    """Every letter of the institutions open to this user, with its code and template."""
    who = standing(request)
    own = {
        f"{row.institution}/{row.key}": row
        for row in OwnForm.objects.filter(congress=who.user.congress)
    }
    rows = [
        (letter, language.worded(declared.ground(letter.institution)).title, own.get(letter.name))
        for letter in declared.letters().values()
        if letter.about != "free"
    ]
    return render(request, "letters/forms.html", {"rows": rows})


@only(*own_forms.MAY_SET)
@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, institution: str, key: str) -> HttpResponse:
    """One letter's code and template: shown, or set."""
    letter = _letter(request, institution, key)
    refusal: Refusal | None = None
    if request.method == "POST":
        made = _set(request, letter)
        if not isinstance(made, Refusal):
            return redirect("letter-form", institution, key)
        refusal = made
    shown = {
        "kind": letter,
        "one": institution_of(request, institution),
        "own": OwnForm.objects.filter(
            congress=standing(request).user.congress, institution=institution, key=key
        ).first(),
        "variables": sorted(own_forms.known(letter) - {"段", "件"}),
        "told": {**variables.GENERAL, **variables.MATTER, **variables.YEAR},
        "refusal": refusal,
    }
    return render(request, "letters/form.html", shown, status=422 if refusal else 200)


def _set(request: HttpRequest, letter: declared.Letter) -> OwnForm | Refusal:
    who = standing(request)
    if request.POST.get("what") == "code":
        return own_forms.set_code(who, letter, request.POST.get("code", ""))
    if request.POST.get("what") == "national":
        return own_forms.back_to_national(who, letter)
    uploaded = request.FILES.get("template")
    if uploaded is None:
        return Refusal(_("请先选择模板文件（.docx）"), "template")
    return own_forms.set_template(who, letter, uploaded)


@only(*own_forms.MAY_SET)
@require_GET
def template(request: HttpRequest, institution: str, key: str) -> HttpResponse:
    """The template in force, to be edited in Word."""
    letter = _letter(request, institution, key)
    congress = standing(request).user.congress
    assert congress is not None
    return attached(register.template_of(congress, letter), DOCX, f"{letter.title}模板.docx")


def _letter(request: HttpRequest, institution: str, key: str) -> declared.Letter:
    institution_of(request, institution)
    try:
        return declared.letters()[f"{institution}/{key}"]
    except KeyError:
        raise Http404 from None
