"""Vietnamese first, English beside: words, numbers, days."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from shared.web.language import Language, day, language_of, moment, number, translations

PROJECT = Path(__file__).parents[3]
METHODS = [("**/templates/**.html", "jinja2.ext:babel_extract")]


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (129208, "129.208", "129,208"),
        (-6.58, "−6,58", "−6.58"),
        (0, "0", "0"),
        (None, "–", "–"),
        (4981844, "4.981.844", "4,981,844"),
    ],
)
def test_numbers_are_written_as_each_language_does(value: float | None, vi: str, en: str) -> None:
    assert number(value, Language.VI) == vi
    assert number(value, Language.EN) == en


def test_days_are_written_as_each_language_does() -> None:
    assert day(date(2020, 10, 9), Language.VI) == "09/10/2020"
    assert day(date(2020, 10, 9), Language.EN) == "9 Oct 2020"


def test_a_moment_is_shown_by_the_clock_of_viet_nam() -> None:
    assert moment(datetime(2020, 10, 19, 17, 5, 9, tzinfo=UTC), Language.VI) == "00:05:09, 20/10/2020"


@pytest.mark.parametrize(("asked", "spoken"), [(None, "vi"), ("", "vi"), ("fr", "vi"), ("vi", "vi"), ("en", "en")])
def test_vietnamese_is_spoken_unless_english_is_asked_for(asked: str | None, spoken: str) -> None:
    assert language_of(asked) == spoken


@pytest.mark.parametrize("folder", ["shared/web", "services/stats"])
def test_every_word_of_a_template_has_its_english(folder: str) -> None:
    catalog = translations(Language.EN, [PROJECT / "shared/web/locale", PROJECT / folder / "locale"])
    found = list(extract_from_dir(PROJECT / folder, method_map=METHODS, keywords={"_": None, "ngettext": (1, 2)}))
    assert found
    for file, line, message, *_ in found:
        words = message if isinstance(message, str) else message[0]
        assert catalog.gettext(words) != words or catalog.ngettext(words, words, 2) != words, f"{file}:{line}: {words}"


def test_no_word_stands_in_a_template_unmarked() -> None:
    """A Vietnamese letter outside of {{ … }} and {# … #} would be read in English too."""
    vietnamese = re.compile(r"[ăâđêôơưáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]", re.IGNORECASE)
    for file in [*PROJECT.glob("shared/web/templates/*.html"), *PROJECT.glob("services/*/templates/**/*.html")]:
        text = re.sub(
            r"\{\{.*?\}\}|\{#.*?#\}|\{%.*?%\}|Bình Yên", "", file.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        assert not vietnamese.search(text), file


def test_english_knows_one_from_many() -> None:
    catalog = translations(Language.EN, [PROJECT / "services/stats/locale"])
    words = "%(num)s đơn vị có trang đã xác thực."
    assert catalog.ngettext(words, words, 1) == "%(num)s commune has a verified page."
    assert catalog.ngettext(words, words, 184) == "%(num)s communes have a verified page."
