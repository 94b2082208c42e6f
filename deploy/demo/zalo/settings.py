"""What can be set, with Zalo's own figures as defaults. Each field is an argument and an environment variable.

`--free-replies 8` and `ZALO_SIM_FREE_REPLIES=8` say the same; the argument wins. A pair is written `0.2,2`.
"""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

ENVIRONMENT = "ZALO_SIM_"


def says(default: Any, meaning: str) -> Any:
    """One setting: its default and the sentence that --help and the README print."""
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True, slots=True)
class Settings:
    host: str = says("127.0.0.1", "address to listen on; the control routes have no password, so keep it loopback")
    port: int = says(8090, "port to listen on; 0 takes a free one")
    state: str = says(".local/zalo", "folder of the state file")
    seed: int = says(1, "decides ids, delays, names and growth curves")
    answer_ms: tuple[float, float] = says((2.0, 10.0), "delay of an answer, milliseconds, from and to")
    delivery_seconds: tuple[float, float] = says((0.2, 2.0), "from a send to user_received_message")
    seen_seconds: tuple[float, float] = says((2.0, 45.0), "from delivery to user_seen_message")
    seen_share: float = says(0.8, "share of messages that are ever seen (0 to 1)")
    error_text_share: float = says(0.05, "share of answers whose error number is text (0 to 1)")
    oa_per_minute: int = says(4000, "requests a wall-clock minute and app, OA interface")
    article_per_minute: int = says(4000, "requests a wall-clock minute and app, article interface")
    page_per_minute: int = says(0, "requests a wall-clock minute and page; 0 = no such limit (unconfirmed)")
    token_seconds: int = says(90_000, "life of an access token")
    refresh_days: float = says(90.0, "life of a refresh token")
    code_seconds: int = says(600, "life of an authorization code")
    reused_refresh: str = says("empty", "answer to a used refresh token: empty (body) or error (-14014) (unconfirmed)")
    window_days: float = says(7.0, "days after a person's last act in which the page may write")
    free_replies: int = says(8, "free messages after a person's act")
    free_hours: float = says(48.0, "hours in which the free messages hold")
    text_limit: int = says(2000, "characters of a text")
    chats_limit: int = says(10, "largest count of conversation and listrecentchat")
    slice_limit: int = says(10, "largest limit of article/getslice (unconfirmed)")
    groups_limit: int = says(50, "largest count of getgroupsofoa and listmember (unconfirmed)")
    webhook_seconds: float = says(2.0, "how long a webhook may take to answer")
    retry_seconds: tuple[float, ...] = says(
        (30.0, 300.0, 900.0, 1800.0, 3600.0), "waits before each retry of a push whose connection could not be opened"
    )
    webhook_parallel: int = says(16, "pushes in flight at once")
    queue_limit: int = says(20_000, "pushes that may wait; what comes on top is dropped and counted")
    hold_seconds: float = says(60.0, "how long a fault of kind timeout keeps the connection open")


def _from_text(default: Any, text: str) -> Any:
    """Text as the type of the default. Raises ValueError."""
    if isinstance(default, tuple):
        return tuple(float(part) for part in text.split(",") if part.strip())
    return type(default)(text)


def read(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from arguments, else environment, else defaults. Exits with usage when one cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m deploy.demo.zalo", description="Simulated Zalo server.")
    for one in fields(Settings):
        parser.add_argument("--" + one.name.replace("_", "-"), help=f"{one.metadata['meaning']} [{one.default}]")
    given = vars(parser.parse_args(arguments))
    values: dict[str, Any] = {}
    for one in fields(Settings):
        text = given[one.name] or environment.get(ENVIRONMENT + one.name.upper())
        if text is None:
            continue
        try:
            values[one.name] = _from_text(one.default, text)
        except ValueError:
            parser.error(f"--{one.name.replace('_', '-')}: {text!r} cannot be read as {one.metadata['meaning']}")
    return Settings(**values)
