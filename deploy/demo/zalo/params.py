"""Reading what a request asks: Zalo takes plain query parameters on some routes and one JSON `data=` on others."""

from collections.abc import Mapping
from typing import Any

import msgspec

from deploy.demo.zalo.errors import LIMIT_EXCEEDED, PARAMETER_INVALID, ZaloError


def data_of(query: Mapping[str, str]) -> dict[str, Any]:
    """The JSON object of `data=`. Raises ZaloError -201."""
    try:
        return msgspec.json.decode(query.get("data", "{}"), type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise ZaloError(PARAMETER_INVALID, "data is no JSON object") from error


def text(values: Mapping[str, Any], name: str) -> str:
    """An id. The manual's own sample writes one as a number. Raises ZaloError -201 where it is missing."""
    value = values.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise ZaloError(PARAMETER_INVALID, f"{name} is missing or no text")
    return str(value)


def whole(values: Mapping[str, Any], name: str, default: int, *, most: int) -> int:
    """A number from 0 to `most`. Raises ZaloError -201 when it is none, -210 beyond the limit."""
    try:
        value = int(values.get(name, default))
    except (TypeError, ValueError) as error:
        raise ZaloError(PARAMETER_INVALID, f"{name} is no number") from error
    if value < 0:
        raise ZaloError(PARAMETER_INVALID, f"{name} is below 0")
    if value > most:
        raise ZaloError(LIMIT_EXCEEDED, f"{name} is at most {most}")
    return value


def ids(values: Mapping[str, Any], name: str, *, most: int) -> list[str]:
    """A list of 1 to `most` ids. Raises ZaloError -201, -210."""
    value = values.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(one, str) and one for one in value):
        raise ZaloError(PARAMETER_INVALID, f"{name} is no list of ids")
    if len(value) > most:
        raise ZaloError(LIMIT_EXCEEDED, f"{name} holds at most {most}")
    return value
