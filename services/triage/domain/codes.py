"""The code of a case, which a citizen can read out: nine digits, "482 913 705".

Eight digits are the case's number shuffled, so that neighbours look unlike and nobody can guess the next one or tell
how many there are; the ninth is Damm's check digit (H. M. Damm, 2004), which finds every single wrong digit and every
exchange of two neighbours.
"""

from typing import Literal

SPACE = 10**8
MULTIPLIER = 59_604_197
"""Shares no divisor with 10^8 (it ends in 7), so that number → code is one to one."""
OFFSET = 31_415_926
LENGTH = 9

# A totally anti-symmetric quasigroup of order 10, Damm's own.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_SPOKEN = str.maketrans(dict.fromkeys(" .-–—_\u00a0\t", ""))


def check_digit(digits: str) -> int:
    """Damm's digit of a text of digits; of a code with its check digit it is 0."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim


def code_of(number: int) -> str:
    """The code of the case with this number. Raises ValueError beyond 99,999,999: then codes need another digit."""
    if not 0 <= number < SPACE:
        raise ValueError("a case's number has at most eight digits")
    shuffled = f"{(number * MULTIPLIER + OFFSET) % SPACE:08d}"
    return f"{shuffled}{check_digit(shuffled)}"


def number_of(code: str) -> int:
    """The number behind a code. Raises ValueError where `wrong_with` says why it is none."""
    if wrong_with(code) is not None:
        raise ValueError("not a case's code")
    return (int(normal(code)[:-1]) - OFFSET) * pow(MULTIPLIER, -1, SPACE) % SPACE


def normal(spoken: str) -> str:
    """As people write it, with spaces, dots or dashes, → as it is stored."""
    return spoken.translate(_SPOKEN)


def wrong_with(spoken: str) -> Literal["not_a_code", "check_digit"] | None:
    """Why this cannot be a case's code, or None when it may be one."""
    code = normal(spoken)
    if len(code) != LENGTH or not (code.isascii() and code.isdigit()):
        return "not_a_code"
    return "check_digit" if check_digit(code) else None


def shown(code: str) -> str:
    """In groups of three, to be read out: 482 913 705."""
    return f"{code[:3]} {code[3:6]} {code[6:]}"
