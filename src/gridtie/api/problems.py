"""Errors on the wire: application/problem+json (RFC 9457) with the code, the way out, and a status chosen here."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from gridtie import errors
from gridtie.api.dialects import dialect_of
from gridtie.errors import GridtieError, InvalidInput, NoSuchCall, Problem, WrongMethod

MEDIA_TYPE = "application/problem+json"

# The nearest class in an error's ancestry decides, so a new class needs a line only when its status differs.
STATUS: Mapping[type[GridtieError], int] = {
    errors.GridtieError: 500,
    errors.InvalidInput: 422,
    errors.InputTooLarge: 413,
    errors.NotSignedIn: 401,
    errors.AgentRejected: 403,
    errors.AgentRevoked: 410,
    errors.NotAllowed: 403,
    errors.NotTheirs: 403,
    errors.NotFound: 404,
    errors.Ambiguous: 409,
    errors.Refused: 409,
    errors.IdempotencyMismatch: 422,
    errors.InsufficientFunds: 402,
    errors.QuotaExceeded: 429,
    errors.Unreachable: 502,
    errors.Overloaded: 503,
    errors.WaitTimedOut: 504,
    errors.LocalFault: 503,
    errors.StorageFull: 507,
    errors.VersionUnsupported: 409,  # the caller's version: nothing is wrong here
    errors.InternalFault: 500,
}
PROBLEMS_MAX, WORDS_MAX = 50, 200
RETRY_AFTER_S = {429: 1, 503: 1, 507: 30}


def status_of(error: GridtieError) -> int:
    return next(STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)


def problem_document(error: GridtieError, status: int, request_id: str) -> dict[str, Any]:
    return {
        "type": f"urn:gridtie:error:{error.code}",
        "title": error.message,
        "detail": error.reason,
        "status": status,
        "code": error.code,
        "fix": error.remedy,
        "request": request_id,
        "problems": [
            {"message": p.message, "line": p.line, "column": p.column, "path": p.path} for p in error.problems
        ],
        "params": {name: _plain(value) for name, value in error.params.items()},
    }


def problem_response(error: GridtieError, request_id: str, *, status: int | None = None, path: str = "") -> Response:
    """`path` of the call: where other people's clients call, the answer also says what they read, in their status."""
    speaks = dialect_of(path)
    code = status or status_of(error)
    code = speaks.status.get(code, code) if speaks else code
    headers = {}
    if code in RETRY_AFTER_S:
        headers["Retry-After"] = str(error.params.get("retry_after_s") or RETRY_AFTER_S[code])
    if code == 401:
        basic = speaks is not None and speaks.basic
        headers["WWW-Authenticate"] = 'Bearer realm="gridtie"' + (', Basic realm="gridtie"' if basic else "")
    document = problem_document(error, code, request_id)
    if speaks:
        more, named = speaks.say(error, code)
        document |= more
        headers |= named
    return Response(orjson.dumps(document), status_code=code, media_type=MEDIA_TYPE, headers=headers)


def _plain(value: object) -> str | int | float | bool | None:
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def install(app: FastAPI, routes: Sequence[APIRoute]) -> None:
    """Every error of the tree, of the framework's validation and of its router leaves in the one form."""

    @app.exception_handler(GridtieError)
    async def _ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, GridtieError)
        return problem_response(error, request.state.id, path=request.url.path)

    @app.exception_handler(RequestValidationError)
    async def _shape(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        entries = error.errors()
        problems = []
        for entry in entries[:PROBLEMS_MAX]:  # an answer must not grow with what was sent
            place = _place(entry["loc"])[:WORDS_MAX]
            problems.append(Problem(f"{place}: {entry['msg'][:WORDS_MAX]}", path=place))
        wrong = InvalidInput(source="request", problems=problems, count=len(entries))
        return problem_response(wrong, request.state.id, path=request.url.path)

    @app.exception_handler(HTTPException)
    async def _routing(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = dict(error.headers or {})
        path = request.url.path
        if error.status_code == 404:
            answer: GridtieError = NoSuchCall(noun="call", key=path[:WORDS_MAX])
        elif error.status_code == 405:  # the framework names the methods of the first route it met only
            headers["Allow"] = ", ".join(sorted(_methods_at(routes, path)))
            answer = WrongMethod(method=request.method, path=path[:WORDS_MAX], allowed=headers["Allow"])
        else:
            answer = InvalidInput(source="request", problems=[Problem(str(error.detail))])
        response = problem_response(answer, request.state.id, status=error.status_code, path=path)
        response.headers.update(headers)
        return response


def _methods_at(routes: Sequence[APIRoute], path: str) -> set[str]:
    here = [route for route in routes if route.path_regex.match(path)]
    found = {method for route in here for method in route.methods or ()}
    return found | ({"HEAD"} if "GET" in found and not is_stream(path) else set())


def is_stream(path: str) -> bool:
    """Whether an answer there has no end, so that nobody can ask for its head alone."""
    return path == "/v1/events" or path.endswith("/logs/stream")


def _place(location: tuple[int | str, ...]) -> str:
    """('body', 'files', 0, 'path') → files[0].path"""
    words = [str(part) if isinstance(part, str) else f"[{part}]" for part in location]
    if len(words) > 1 and words[0] in ("body", "query", "path", "header"):
        words = words[1:]
    return ".".join(words).replace(".[", "[")


PROBLEM_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "description": "What happened (title), why (detail), and what to do (fix).",
    "required": ["type", "title", "detail", "status", "code", "fix", "request", "problems", "params"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "detail": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "fix": {"type": "string"},
        "request": {"type": "string", "description": "Id of the call, also in the server's log."},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["message", "line", "column", "path"],
                "properties": {
                    "message": {"type": "string"},
                    "line": {"type": "integer"},
                    "column": {"type": "integer"},
                    "path": {"type": "string"},
                },
            },
        },
        "params": {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean", "null"]}},
    },
}
