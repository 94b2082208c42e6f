"""Structured logs: JSON lines with the trace's id, and never a word or an id of a citizen.

What may hold them is dropped by name, and an exception is told by its type and the places it passed, not by its text:
a validation error repeats its input, a database error its row.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO

import msgspec
import structlog
from opentelemetry import trace

FORBIDDEN = frozenset(
    {
        "text",
        "body",
        "message_text",
        "payload",
        "user_id",
        "person_name",
        "phone",
        "address",
        "value",
        "token",
        "password",
    }
)
"""Keys that are never logged, whoever passes them."""

REPEAT_SECONDS = 10.0
"""How long the same line of a library is not told again."""
TEMPLATES = 1_000

Line = MutableMapping[str, Any]

_encoder = msgspec.json.Encoder(enc_hook=str)


def _drop_forbidden(_logger: object, _method: str, line: Line) -> Line:
    for key in FORBIDDEN & line.keys():
        line[key] = "[withheld]"
    return line


def _add_trace(_logger: object, _method: str, line: Line) -> Line:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        line["trace_id"] = f"{context.trace_id:032x}"
    return line


def _tell_exception(_logger: object, _method: str, line: Line) -> Line:
    info = line.pop("exc_info", None)
    if info:
        error = info if isinstance(info, BaseException) else sys.exc_info()[1]
        if isinstance(info, tuple):
            error = info[1]
        if error is not None:
            line["error"] = type(error).__name__
            line["where"] = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
    return line


def _render(_logger: object, _method: str, line: Line) -> str:
    return _encoder.encode(line).decode()


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _add_trace,
    _tell_exception,
    _drop_forbidden,
]


class _Foreign(logging.Formatter):
    """Library logs in the same shape. Their arguments may be anything, so only the template's first line is kept.

    asyncio formats before it logs: the lines after its first repeat a task's exception with its text.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: Line = {
            "event": record.name,
            "message": str(record.msg).split("\n", 1)[0],
            "level": record.levelname.lower(),
        }
        line["timestamp"] = structlog.processors.TimeStamper(fmt="iso", utc=True)(None, "", {})["timestamp"]
        if record.exc_info:
            line["exc_info"] = record.exc_info
        return _render(None, "", _drop_forbidden(None, "", _tell_exception(None, "", line)))


class _Sparing(logging.Filter):
    """A library's line is told once in a while: with Kafka away each of its clients says so ten times a second."""

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        key = (record.name, str(record.msg))
        if record.created - self._told.get(key, 0.0) < REPEAT_SECONDS:
            return False
        if len(self._told) >= TEMPLATES:
            self._told.clear()  # a library that writes its arguments into its template
        self._told[key] = record.created
        return True


def configure_logs(service: str, level: str = "INFO", *, stream: TextIO | None = None) -> None:
    """Once at start, from `__main__`: one JSON object a line, on stdout unless told otherwise."""
    stream = stream or sys.stdout
    structlog.configure(
        processors=[*_SHARED, _render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,  # loggers are made at import, before the output is chosen
    )
    structlog.contextvars.bind_contextvars(service=service)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Foreign())
    handler.addFilter(_Sparing())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def get_logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """A logger bound to its module's name."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(module=name)
    return logger
