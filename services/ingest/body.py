"""A request's body up to a limit, whatever its headers promise."""

from typing import Any

from litestar.types import Receive


class TooLarge(Exception):  # noqa: N818 - said of a body
    """More than the limit: announced, or met while reading."""


class Disconnected(Exception):  # noqa: N818 - the sender hung up; nobody is there to answer
    """The sender went away in the middle."""


async def read_body(headers: dict[str, str], receive: Receive, *, limit: int) -> bytes:
    """Raises TooLarge, without reading on; Disconnected."""
    announced = headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise TooLarge
    parts: list[bytes] = []
    size = 0
    while True:
        message: Any = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise TooLarge
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)
