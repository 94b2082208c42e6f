"""Vietnamese first, English beside: which one a page speaks, and how it writes numbers and days.

Templates are written in Vietnamese: that is the catalogs' source, so only English has a catalog. It is compiled when
the service starts, from the .po file translators edit: no compiled copy can fall behind.
"""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from shared.gazetteer.structure import VIETNAM

PARAMETER = "lang"


class Language(StrEnum):
    """A language pages are written in."""

    VI = "vi"
    EN = "en"

    @property
    def other(self) -> "Language":
        return Language.EN if self is Language.VI else Language.VI


def language_of(asked: str | None) -> Language:
    """The language of `?lang=`; Vietnamese when it is not said or not known."""
    return Language.EN if asked == Language.EN else Language.VI


def translations(language: Language, folders: Iterable[Path]) -> NullTranslations:
    """The catalogs of a language under `<folder>/<language>/LC_MESSAGES/*.po`, together. Raises OSError, ValueError."""
    together = NullTranslations()
    for folder in folders:
        for file in sorted((folder / language / "LC_MESSAGES").glob("*.po")):
            compiled = BytesIO()
            with file.open("rb") as opened:
                write_mo(compiled, read_po(opened, locale=language.value))
            compiled.seek(0)
            found = GNUTranslations(compiled)
            found.add_fallback(together)
            together = found
    return together


def number(value: float | None, language: Language) -> str:
    """129208 as «129.208» or «129,208»; a minus is a minus sign; None is a dash."""
    if value is None:
        return "–"
    return format_decimal(value, locale=language.value).replace("-", "\N{MINUS SIGN}")


def day(value: date, language: Language) -> str:
    """«19/10/2020» or «19 Oct 2020»."""
    if language is Language.VI:
        return f"{value.day:02}/{value.month:02}/{value.year}"
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime, language: Language) -> str:
    """An instant as a clock in Viet Nam shows it: «14:05:09, 24/11/2026»."""
    local = value.astimezone(VIETNAM)
    return f"{local:%H:%M:%S}, {day(local.date(), language)}"


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
