"""What a congress sets for its letters: its 机关代字 and templates of its own."""

from __future__ import annotations

import re
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from bihuan.letters import declared, variables
from bihuan.letters.models import OwnForm
from bihuan.letters.sandbox import LARGEST, BadTemplate, check
from bihuan.loop.forms import Refusal
from bihuan.matters import files
from bihuan.matters.access import Standing

CODE = re.compile(r"[\u4e00-\u9fff]{2,20}")
MAY_SET = ("clerk",)


def set_code(standing: Standing, letter: declared.Letter, code: str) -> OwnForm | Refusal:
    """Set the 机关代字 of a letter from now on; letters issued keep theirs."""
    code = code.strip()
    if not CODE.fullmatch(code):
        return Refusal("机关代字只写汉字，如“江人常办函”，不写年份和序号", "code")
    return _put(standing, letter, code=code)


def set_template(
    standing: Standing, letter: declared.Letter, uploaded: UploadedFile[Any]
) -> OwnForm | Refusal:
    """Take a template of the congress's own, if every variable in it is known."""
    if (uploaded.size or 0) > LARGEST:
        return Refusal("模板超过 5 MB，请压缩其中的图片后再上传", "template")
    content = uploaded.read()
    try:
        check(content, known(letter))
    except BadTemplate as bad:
        return Refusal(str(bad), "template")
    uploaded.seek(0)
    kept = files.keep(uploaded, _congress(standing), standing.user)
    if isinstance(kept, files.FileRefused):
        return Refusal(kept.say, "template")
    return _put(standing, letter, template=kept)


def back_to_national(standing: Standing, letter: declared.Letter) -> OwnForm | Refusal:
    """Use the form that came with the institution again."""
    return _put(standing, letter, template=None)


def known(letter: declared.Letter) -> set[str]:
    """The variables a template of this letter may use."""
    return variables.names(declared.ground(letter.institution)) | variables.SHEET


def _put(standing: Standing, letter: declared.Letter, **values: object) -> OwnForm:
    row, _ = OwnForm.objects.update_or_create(
        congress=_congress(standing),
        institution=letter.institution,
        key=letter.key,
        defaults={**values, "set_by": standing.user},
    )
    return row


def _congress(standing: Standing) -> Any:
    assert standing.user.congress is not None
    return standing.user.congress
