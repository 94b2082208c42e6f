"""Zalo: how a message is sent, what the answer means, and how to ask what a page has said.

Source: Zalo's manual as of December 2025, summed up in docs/channels/zalo-sending.md. Answers are HTTP 200 with
{"error", "message", "data"}; the number is now and then text. There is no idempotency key: a call without an answer
is a send in doubt.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec

from services.notify.domain.doubt import Said
from services.notify.domain.outcomes import Doubtful, NotSent, Outcome, Sent
from services.notify.domain.pacing import Told
from services.notify.senders.failures import SendFailure as F

CHANNEL = "zalo"

TOKEN_INVALID = -216
TOKEN_EXPIRED = -220

CODES: Mapping[int, F] = {
    -32: F.THROTTLED,
    -100: F.UPLOAD_AGAIN,
    -200: F.TRY_LATER,
    -201: F.BAD_REQUEST,
    -204: F.PAGE_GONE,
    -205: F.PAGE_GONE,
    -209: F.APP_INACTIVE,
    -210: F.OVER_A_LIMIT,
    -211: F.OUT_OF_QUOTA,
    -212: F.API_NOT_REGISTERED,
    -213: F.NOT_A_FOLLOWER,
    -214: F.TRY_LATER,
    TOKEN_INVALID: F.TOKEN_REFUSED,
    -217: F.INVITES_BLOCKED,
    -218: F.HAD_ENOUGH,
    -219: F.APP_REMOVED,
    TOKEN_EXPIRED: F.TOKEN_REFUSED,
    -221: F.PAGE_NOT_VERIFIED,
    -223: F.API_NOT_GRANTED,
    -224: F.PACKAGE_TOO_SMALL,
    -227: F.PERSON_AWAY,
    -230: F.WINDOW_CLOSED,
    -232: F.NO_INTERACTION,
    -233: F.KIND_NOT_SUPPORTED,
    -234: F.NIGHT,
    -235: F.PAGE_KIND,
    -237: F.GROUP_LAPSED,
    -238: F.ASSET_USED,
    -240: F.API_OLD,
    -241: F.ASSET_USED,
    -242: F.PROOF_INVALID,
    -244: F.RESTRICTED,
    -248: F.POLICY,
    -320: F.NO_MONEY,
    -321: F.NO_MONEY,
    -403: F.GROUP_NOT_OURS,
}
"""Zalo's error number → what it means to us. A number that is not here is UNKNOWN: tried again, within a bound."""

TEXT_LIMIT = 2_000
"""Characters of one message."""

LOOK_BACK = 10
"""Messages of a conversation asked for at once: Zalo's largest count."""

PERSON_PATH = "/v3.0/oa/message/cs"
GROUP_PATH = "/v3.0/oa/group/message"
PERSON_CONVERSATION = "/v2.0/oa/conversation"
GROUP_CONVERSATION = "/v3.0/oa/group/conversation"

OK = 200
SERVER_ERROR = 500
UNAVAILABLE = 503
GATEWAY_TIMEOUT = 504


@dataclass(frozen=True)
class Message:
    """What is to be said. `user_id` or `group_id`, never both; ids are text, always."""

    text: str
    user_id: str | None = None
    group_id: str | None = None
    quoted_key: str | None = None


@dataclass(frozen=True)
class Answer:
    """One answer: what it means for the send, and what its headers told of the rate. `code`: Zalo's own number."""

    outcome: Outcome
    told: Told | None = None
    code: int | None = None

    @property
    def token_refused(self) -> bool:
        return self.code in {TOKEN_INVALID, TOKEN_EXPIRED}


@dataclass(frozen=True)
class Heard:
    """A page of a conversation, newest first; `answer` says why there is none."""

    messages: tuple[Said, ...]
    answer: Answer | None = None


def request_of(message: Message) -> tuple[str, dict[str, Any]]:
    """Path and JSON body of a send, field for field as the manual's samples."""
    words: dict[str, Any] = {"text": message.text}
    if message.quoted_key is not None:
        words["quote_message_id"] = message.quoted_key
    if message.group_id is not None:
        return GROUP_PATH, {"recipient": {"group_id": message.group_id}, "message": words}
    return PERSON_PATH, {"recipient": {"user_id": message.user_id}, "message": words}


def conversation_of(message: Message, offset: int) -> tuple[str, dict[str, str]]:
    """Path and query that ask what was said to a person or in a group, newest first."""
    if message.group_id is not None:
        return GROUP_CONVERSATION, {"group_id": message.group_id, "offset": str(offset), "count": str(LOOK_BACK)}
    data = {"user_id": message.user_id, "offset": offset, "count": LOOK_BACK}
    return PERSON_CONVERSATION, {"data": msgspec.json.encode(data).decode()}


def read_answer(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    """What an answer to a send means. No JSON of Zalo's in a 200, and every 5xx but 503, leave the send in doubt.

    A gateway may answer 500, 502 or 504 after the request behind it was done; 503 says that nobody took it.
    """
    if status == UNAVAILABLE:
        return Answer(NotSent(F.GATEWAY))
    if status >= SERVER_ERROR:
        return Answer(Doubtful("gateway_timeout" if status == GATEWAY_TIMEOUT else "gateway_error"))
    envelope = _envelope(body)
    if envelope is None:
        return Answer(Doubtful("no_answer") if status == OK else NotSent(F.UNKNOWN))
    code, told = _code(envelope), told_by(headers)
    if code != 0:
        return Answer(NotSent(CODES.get(code, F.UNKNOWN), code), told, code)
    data = envelope.get("data")
    key = data.get("message_id") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not key:
        return Answer(Doubtful("no_message_id"), told, 0)
    return Answer(Sent(str(key), _quota(data)), told, 0)


def read_conversation(status: int, headers: Mapping[str, str], body: bytes) -> Heard:
    """The page's messages as Zalo shows them; `src` 0 is the page."""
    envelope = _envelope(body) if status == OK else None
    if envelope is None:
        return Heard((), Answer(NotSent(F.GATEWAY)))
    code, told = _code(envelope), told_by(headers)
    if code != 0:
        return Heard((), Answer(NotSent(CODES.get(code, F.UNKNOWN), code), told, code))
    rows = envelope.get("data")
    return Heard(tuple(_said(row) for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ())


def told_by(headers: Mapping[str, str]) -> Told | None:
    """X-RateLimit-Limit and X-RateLimit-Remain (so spelt), where both are numbers."""
    try:
        return Told(int(headers["X-RateLimit-Limit"]), int(headers["X-RateLimit-Remain"]))
    except (KeyError, ValueError):
        return None


class ZaloSender:
    """The HTTP side. Holds no state but its connections; a token is never logged."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, *, seconds: float) -> None:
        self._session = session
        self._base = base_url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=min(seconds, 5.0))

    async def send(self, message: Message, token: str) -> Answer:
        """One call. A failure before anything was sent is NotSent; one after it, a time-out too, is Doubtful."""
        path, body = request_of(message)
        content = msgspec.json.encode(body)
        headers = {"access_token": token, "Content-Type": "application/json"}
        try:
            async with self._session.post(
                self._base + path, data=content, headers=headers, timeout=self._timeout, allow_redirects=False
            ) as answer:
                return read_answer(answer.status, answer.headers, await answer.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return Answer(NotSent(F.UNREACHABLE))
        except TimeoutError:
            return Answer(Doubtful("timeout"))
        except (aiohttp.ClientError, OSError):
            return Answer(Doubtful("connection_lost"))

    async def conversation(self, message: Message, token: str, *, offset: int) -> Heard:
        """What was said to the recipient of `message`. Asking changes nothing, so every failure is NotSent."""
        path, query = conversation_of(message, offset)
        try:
            async with self._session.get(
                self._base + path, params=query, headers={"access_token": token}, timeout=self._timeout
            ) as answer:
                return read_conversation(answer.status, answer.headers, await answer.read())
        except (aiohttp.ClientError, OSError, TimeoutError):
            return Heard((), Answer(NotSent(F.UNREACHABLE)))


def _envelope(body: bytes) -> dict[str, Any] | None:
    try:
        envelope = msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.MsgspecError:
        return None
    return envelope if "error" in envelope else None


def _code(envelope: Mapping[str, Any]) -> int:
    try:
        return int(envelope["error"])
    except (TypeError, ValueError):
        return -1


def _quota(data: Mapping[str, Any]) -> int | None:
    """What is left of the quota this message was paid from; numbers come as text, and not for every kind."""
    quota = data.get("quota")
    try:
        return int(quota["remain"]) if isinstance(quota, dict) else None
    except (KeyError, TypeError, ValueError):
        return None


def _said(row: Mapping[str, Any]) -> Said:
    text = row.get("message")
    return Said(
        key=str(row.get("message_id", "")),
        by_page=str(row.get("src")) == "0",
        text=text if isinstance(text, str) else "",
        at_ms=int(row.get("time") or 0),
    )
