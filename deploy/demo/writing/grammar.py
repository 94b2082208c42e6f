"""The phrase files' small grammar: {a|b} chooses one, <name> is filled in, # is a digit; choices nest.

`{Dạ |}chào <anh>` is "Dạ chào các anh" or "chào các anh". A text is compiled once and spoken many times.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

TOKENS = re.compile(r"[{}|#]|<\w+>|[^{}|#<]+")
SPACES = re.compile(r"\s+")
SAID_TWICE = re.compile(
    r"\b(con|hỏi|ở|em|nhà|xã|muốn|của)\s+\1\b", re.IGNORECASE
)  # where one piece ends as the next begins
BEFORE_MARK = re.compile(r"\s+([,.?!:;])")
DOUBLED_MARK = re.compile(r"([,.?!:;])\s*([,?!:;](?!\))|\.(?!\.))")


@dataclass(frozen=True, slots=True)
class Choice:
    options: tuple["Compiled", ...]


@dataclass(frozen=True, slots=True)
class Slot:
    name: str


@dataclass(frozen=True, slots=True)
class Digit:
    pass


Part = str | Choice | Slot | Digit
Compiled = tuple[Part, ...]


@cache
def compile_text(text: str) -> Compiled:
    """Raises ValueError where braces do not match."""
    tokens = TOKENS.findall(text)
    if "".join(tokens) != text:
        raise ValueError(f"cannot be read: {text}")
    options, rest = _options(tokens)
    if rest or len(options) != 1 or tokens.count("{") != tokens.count("}"):
        raise ValueError(f"braces do not match: {text}")
    return options[0]


def _options(tokens: list[str]) -> tuple[list[Compiled], list[str]]:
    """The options up to the closing brace (or the end), and the tokens after it."""
    options: list[Compiled] = []
    parts: list[Part] = []
    while tokens:
        token, tokens = tokens[0], tokens[1:]
        if token == "{":  # noqa: S105 (no password)
            inner, tokens = _options(tokens)
            parts.append(Choice(tuple(inner)))
        elif token == "|":  # noqa: S105
            options.append(tuple(parts))
            parts = []
        elif token == "}":  # noqa: S105
            return [*options, tuple(parts)], tokens
        else:
            parts.append(_part(token))
    return [*options, tuple(parts)], tokens


def _part(token: str) -> Part:
    if token == "#":  # noqa: S105
        return Digit()
    return Slot(token[1:-1]) if token.startswith("<") else token


def speak(text: str, chance: random.Random, slots: Mapping[str, str | list[str]]) -> str:
    """One of the things the text can say, tidied. A list in `slots` is chosen from. Raises KeyError: no such slot."""
    return tidy(_say(compile_text(text), chance, slots))


def _say(parts: Compiled, chance: random.Random, slots: Mapping[str, str | list[str]]) -> str:
    said: list[str] = []
    for part in parts:
        if isinstance(part, str):
            said.append(part)
        elif isinstance(part, Choice):
            said.append(_say(chance.choice(part.options), chance, slots))
        elif isinstance(part, Digit):
            said.append(chance.choice("123456789"))
        else:
            said.append(_fill(part.name, chance, slots))
    return "".join(said)


def _fill(name: str, chance: random.Random, slots: Mapping[str, str | list[str]]) -> str:
    value = slots[name]
    chosen = value if isinstance(value, str) else chance.choice(value)
    return _say(compile_text(chosen), chance, slots)


def tidy(text: str) -> str:
    """Single spaces, none before a mark, no two marks where one was meant."""
    text = SAID_TWICE.sub(r"\1", BEFORE_MARK.sub(r"\1", SPACES.sub(" ", text)))
    return DOUBLED_MARK.sub(lambda found: found[1] if found[1] == "?" else found[2], text).strip(" ,")
