"""Templates are filled in where they can do nothing else: no attributes of Python, no loops without end."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, meta
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml.etree import XMLSyntaxError

LARGEST = 5 * 1024 * 1024
LARGEST_UNPACKED = 40 * 1024 * 1024


class BadTemplate(ValueError):
    """A template that cannot be used; the text is a Chinese sentence that says what to mend."""


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja without globals and without multiplication, by which a few signs could fill the memory."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Refuse what was intercepted."""
        raise SecurityError("模板里不能用乘法")


def sandbox(*, escape: bool) -> Sandbox:
    """An environment to fill in a template; `escape` for XML."""
    made = Sandbox(autoescape=escape, undefined=StrictUndefined)
    made.globals.clear()
    return made


def fill_text(text: str, values: Mapping[str, Any]) -> str:
    """A declared text with its values. Raises BadTemplate."""
    try:
        return sandbox(escape=False).from_string(text).render(values)
    except (TemplateError, TypeError) as error:
        raise BadTemplate(_sentence(error)) from None


def unknown_in_text(text: str, known: set[str]) -> list[str]:
    """Variables a text asks for that are not known. Raises BadTemplate where it is no template."""
    environment = sandbox(escape=False)
    try:
        return sorted(meta.find_undeclared_variables(environment.parse(text)) - known)
    except TemplateError as error:
        raise BadTemplate(_sentence(error)) from None


def check(content: bytes, known: set[str]) -> None:
    """Refuse a .docx that is no template of ours: raises BadTemplate naming each unknown variable."""
    try:
        template = _opened(content)
        asked = template.get_undeclared_template_variables(jinja_env=sandbox(escape=True))
    except (TemplateError, TypeError) as error:
        raise BadTemplate(_sentence(error)) from None
    unknown = sorted(set(asked) - known)
    if unknown:
        words = "、".join(f"“{name}”" for name in unknown)
        raise BadTemplate(
            f"模板里的变量{words}系统里没有，请改正后再上传。可以用的变量：{'、'.join(sorted(known))}"
        )


def fill(content: bytes, values: Mapping[str, Any]) -> bytes:
    """A .docx template with its values. Raises BadTemplate where it cannot be filled in."""
    template = _opened(content)
    try:
        template.render(dict(values), sandbox(escape=True), autoescape=True)
    except (TemplateError, TypeError, XMLSyntaxError) as error:
        raise BadTemplate(_sentence(error)) from None
    target = BytesIO()
    template.save(target)
    return target.getvalue()


def _opened(content: bytes) -> DocxTemplate:
    if len(content) > LARGEST:
        raise BadTemplate("模板超过 5 MB，请压缩其中的图片后再上传")
    try:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST_UNPACKED:
                raise BadTemplate("模板展开后太大，请删去多余内容后再上传")
            if any(part.filename.lower().endswith("vbaproject.bin") for part in parts.infolist()):
                raise BadTemplate("模板里有宏，请另存为不带宏的 .docx 后再上传")
        template = DocxTemplate(BytesIO(content))
        template.init_docx()
    except (
        zipfile.BadZipFile,
        PackageNotFoundError,
        KeyError,
        ValueError,
        XMLSyntaxError,
    ) as error:
        if isinstance(error, BadTemplate):
            raise
        raise BadTemplate("这不是 .docx 文件，请在 Word 或 WPS 里另存为 .docx 后再上传") from None
    return template


def _sentence(error: Exception) -> str:
    said = str(error)
    missing = re.match(r"'(.+?)' is undefined", said)
    if missing:
        return f"模板里的变量“{missing.group(1)}”系统里没有，请改正"
    if isinstance(error, SecurityError):
        return f"模板里有不允许的写法（{said}），请删去"
    return f"模板的写法不对：{said}。请检查 {{{{ }}}} 和 {{% %}} 是否成对"
