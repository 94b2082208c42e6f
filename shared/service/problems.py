"""RFC 9457 problems: what went wrong, in words a person can act on. Vietnamese first, English beside."""

from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import Send

from shared.telemetry.logs import get_logger

log = get_logger(__name__)

PROBLEM = "application/problem+json"


class Refused(Exception):  # noqa: N818 - the house's word for a person's mistake
    """An expected refusal. `kind` names it for programs (`stale_version`), title and detail tell people."""

    def __init__(
        self,
        status: int,
        kind: str,
        title: str,
        detail: str = "",
        *,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(kind)
        self.status = status
        self.kind = kind
        self.title = title
        self.detail = detail
        self.headers = headers or {}
        self.more = more

    def document(self, instance: str = "") -> dict[str, Any]:
        """The problem's JSON document."""
        body = {"type": f"urn:binhyen:problem:{self.kind}", "title": self.title, "status": self.status}
        if self.detail:
            body["detail"] = self.detail
        if instance:
            body["instance"] = instance
        return body | self.more


async def send_problem(send: Send, problem: Refused) -> None:
    """The same for a bare ASGI handler."""
    body = msgspec.json.encode(problem.document())
    headers = [(b"content-type", PROBLEM.encode()), (b"content-length", str(len(body)).encode())]
    headers += [(k.lower().encode(), v.encode()) for k, v in problem.headers.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _response(problem: Refused, instance: str) -> Response[dict[str, Any]]:
    return Response(problem.document(instance), status_code=problem.status, media_type=PROBLEM, headers=problem.headers)


def on_refused(request: Request[Any, Any, Any], error: Refused) -> Response[dict[str, Any]]:
    return _response(error, request.url.path)


def on_validation(request: Request[Any, Any, Any], error: ValidationException) -> Response[dict[str, Any]]:
    """Names the fields, never their content."""
    fields = [
        {"field": str(e.get("key", "")), "why": str(e.get("message", "")).split(" [", 1)[0]}
        for e in (error.extra if isinstance(error.extra, list) else [])
        if isinstance(e, dict)
    ]
    problem = Refused(400, "invalid_request", "Dữ liệu gửi lên chưa đúng. / The request is not valid.", fields=fields)
    return _response(problem, request.url.path)


def on_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, Any]]:
    kind = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}.get(error.status_code, "refused")
    titles = {
        404: "Không có trang này. / There is nothing at this address.",
        405: "Cách gọi này không được dùng ở đây. / This method is not allowed here.",
        413: "Nội dung gửi lên quá lớn. / The request is too large.",
    }
    title = titles.get(error.status_code, str(error.detail))
    return _response(Refused(error.status_code, kind, title, headers=dict(error.headers or {})), request.url.path)


def on_crash(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """Ours: logged with its place, answered without it."""
    log.error("http.crashed", path=request.url.path, exc_info=error)
    problem = Refused(500, "broken", "Lỗi của hệ thống, đã được ghi lại. / Our fault; it has been recorded.")
    return _response(problem, request.url.path)


def on_depth(request: Request[Any, Any, Any], error: RecursionError) -> Response[dict[str, Any]]:
    """A body of brackets within brackets, which the JSON reader gives up on; nothing of ours goes so deep."""
    log.warning("http.too_deep", path=request.url.path, error=type(error).__name__)
    problem = Refused(400, "too_deep", "Dữ liệu lồng nhau quá sâu. / The request is nested too deeply.")
    return _response(problem, request.url.path)


def on_world(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """PostgreSQL or Kafka is away: try again."""
    log.warning("http.world_failed", path=request.url.path, error=type(error).__name__)
    problem = Refused(
        503,
        "unavailable",
        "Hệ thống đang bận, xin thử lại sau ít giây. / Temporarily unavailable, please try again.",
        headers={"Retry-After": "2"},
    )
    return _response(problem, request.url.path)
