"""The REST interface and its OpenAPI 3.1 document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from ninja.renderers import JSONRenderer

import bihuan
from bihuan.api import problems, shapes
from bihuan.api.operations import router
from bihuan.api.tokens import Bearer, by_session

ABOUT = (
    "人大监督工作全流程闭环管理平台的开放接口。权利以令牌所有人当天的权利为限，再按令牌的范围收窄；"
    "写请求须带 Idempotency-Key；出错时回答 application/problem+json，detail 是给人看的一句话。"
)


class OneValueEach(Parser):
    """JSON without NaN and Infinity: no database keeps them, and RFC 8259 does not know them."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body's value. Raises ValueError."""
        return json.loads(request.body, parse_constant=_refuse)


def _refuse(word: str) -> None:
    raise ValueError(word)


class Readable(JSONRenderer):
    """Chinese as Chinese, not as escapes."""

    json_dumps_params: Mapping[str, Any] = MappingProxyType({"ensure_ascii": False})


class NoDocs(DocsBase):
    """The document has a page of its own in the house's frame (`pages.reference`)."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **_: Any) -> HttpResponse:
        """Never asked."""
        raise NotImplementedError


class Interface(NinjaAPI):
    """The interface, whose document also tells how it says no."""

    _document: OpenAPISchema | None = None

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The OpenAPI document, with every problem an operation may answer; made once."""
        if self._document is None:
            self._document = self._made(path_prefix, path_params)
        return self._document

    def _made(self, path_prefix: str | None, path_params: dict[str, Any] | None) -> OpenAPISchema:
        made = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        problem = shapes.ProblemShape.model_json_schema(ref_template=COMPONENT)
        made["components"]["schemas"] |= {**problem.pop("$defs"), "Problem": problem}
        for where, operations in made["paths"].items():
            for method, operation in operations.items():
                _add_problems(where, method, operation)
        files = made["paths"]["/api/files/{pk}/"]["get"]["responses"]
        binary = {"schema": {"type": "string", "format": "binary"}}
        files[200 if 200 in files else "200"]["content"] = {"application/octet-stream": binary}
        return made


COMPONENT = "#/components/schemas/{model}"
STOPPED = "情况已经变了；或者有事前提示（cautions）而没有写明仍要办理的理由（despite）"


def _add_problems(where: str, method: str, operation: dict[str, Any]) -> None:
    answers = {401, 403, 422, 429}
    answers |= {404} if "{" in where else set()
    answers |= {400, 409, 413} if method == "post" else set()
    schema = {"$ref": COMPONENT.format(model="Problem")}
    content = {problems.CONTENT_TYPE: {"schema": schema}}
    for status in sorted(answers):
        acts = status == 409 and "/files/" not in where
        said = STOPPED if acts else problems.TITLES[status]
        described: dict[str, Any] = {"description": said, "content": content}
        if status == 429:
            described["headers"] = {"Retry-After": {"schema": {"type": "integer", "minimum": 0}}}
        operation["responses"][str(status)] = described
    operation["responses"] = {str(key): value for key, value in operation["responses"].items()}


api = Interface(
    title="闭环开放接口",
    version=bihuan.__version__,
    description=ABOUT,
    urls_namespace="api",
    auth=[Bearer(), by_session],
    docs=NoDocs(),
    docs_url=None,
    parser=OneValueEach(),
    renderer=Readable(),
    servers=[{"url": "/"}],
)
problems.install(api)
api.add_router("", router)


def missing(request: HttpRequest, **_: str) -> HttpResponse:
    """Whatever else is asked below `/api/`."""
    return problems.answer(request, problems.Problem(404, "没有这个地址，请看接口说明"))


urls: tuple[list[Any], str, str] = (
    [*api.urls[0], path("<path:rest>", missing, name="api-missing")],
    api.urls[1],
    api.urls[2],
)
