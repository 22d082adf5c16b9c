"""What went wrong, as RFC 9457 `application/problem+json`: a Chinese sentence for a person, a word for a program."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from bihuan.loop.forms import Refusal

CONTENT_TYPE = "application/problem+json"
TITLES = {
    400: "看不懂请求",
    401: "没有有效的令牌",
    403: "不在权限范围内",
    404: "没有找到",
    405: "不支持这种方法",
    409: "情况已经变了",
    413: "内容太大",
    422: "内容不能接受",
    429: "请求太多",
}


class Problem(Exception):
    """Ends a request: status, a sentence (`detail`), the field it is about, headers to send along.

    `kind` and `title` tell a problem apart from others of its status.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        field: str = "",
        cite: str = "",
        errors: list[dict[str, str]] | None = None,
        headers: dict[str, str] | None = None,
        kind: str = "",
        title: str = "",
        cautions: list[dict[str, Any]] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers or {}
        self.kind, self.title = kind or str(status), title or TITLES.get(status, "没有办成")
        told = {"field": field, "cite": cite, "errors": errors, "cautions": cautions}
        self.more: dict[str, Any] = {name: value for name, value in told.items() if value}


def of_refusal(refusal: Refusal) -> Problem:
    """The loop's refusal as the answer to a program."""
    return Problem(422, refusal.say, field=refusal.field, cite=refusal.cite)


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem as a response."""
    body = {
        "type": f"tag:bihuan,2026:problem/{problem.kind}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": request.path,
        **problem.more,
    }
    response = JsonResponse(
        body,
        status=problem.status,
        content_type=CONTENT_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )
    for name, value in problem.headers.items():
        response[name] = value
    return response


def install(api: NinjaAPI) -> None:
    """Answer everything that goes wrong in this interface with a problem."""
    unreadable = (MultiPartParserError, SuspiciousOperation)
    for kind in (Problem, Http404, AuthenticationError, ValidationError, HttpError, *unreadable):
        api.add_exception_handler(kind, _answered)


def _answered(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    return answer(request, _problem_of(error))


def _problem_of(error: Exception | type[Exception]) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, AuthenticationError):
        say = "请在 Authorization 头里给出有效的令牌（Bearer …）；令牌在“开放接口”页面签发"
        return Problem(401, say, headers={"WWW-Authenticate": "Bearer"})
    if isinstance(error, ValidationError):
        return _not_valid(error)
    if isinstance(error, HttpError):
        return _http_error(error)
    if isinstance(error, RequestDataTooBig):
        return Problem(413, "请求内容太大，请减少后再提交")
    if isinstance(error, MultiPartParserError | SuspiciousOperation):
        return Problem(400, "上传的内容读不出来，请核对格式（multipart/form-data）后再提交")
    return Problem(404, "没有这一项，或者您不能查看")


def _http_error(error: HttpError) -> Problem:
    if isinstance(error.__cause__, RequestDataTooBig):
        return Problem(413, "请求内容太大，请减少后再提交")
    if error.status_code == 400:
        return Problem(400, "请求内容不是完整的 JSON（UTF-8），请核对后再提交")
    return Problem(error.status_code, TITLES.get(error.status_code, "没有办成"))


SAYS = {
    "missing": "没有填写",
    "string_too_short": "太短",
    "string_too_long": "太长",
    "string_pattern_mismatch": "写法不对",
    "string_type": "要填文字",
    "int_parsing": "要填整数",
    "int_type": "要填整数",
    "int_from_float": "要填整数",
    "greater_than_equal": "太小",
    "less_than_equal": "太大",
    "literal_error": "不在可选的值里",
    "bool_parsing": "要填 true 或 false",
    "dict_type": "要填一个对象",
    "list_type": "要填一个列表",
    "date_from_datetime_parsing": "日期要写成 2026-05-31 的样子",
    "date_parsing": "日期要写成 2026-05-31 的样子",
    "extra_forbidden": "没有这一项",
}


def _not_valid(error: ValidationError) -> Problem:
    errors = [
        {"field": _place(one.get("loc", ())), "say": SAYS.get(one.get("type", ""), "不能这样填写")}
        for one in error.errors
    ]
    first = errors[0] if errors else {"field": "", "say": "不能这样填写"}
    say = f"“{first['field']}”{first['say']}，请核对后再提交"
    return Problem(422, say, field=first["field"], errors=errors)


def _place(where: tuple[Any, ...]) -> str:
    parts = [str(part) for part in where if part not in ("query", "body", "path", "header", "form")]
    return ".".join(parts).encode("utf-8", "replace").decode("utf-8")
