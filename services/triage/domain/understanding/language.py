"""Which language a message is in: Vietnamese unless letters or words say otherwise.

No detector knows Ê Đê or M'Nông, so their letters and commonest words decide (from the orthographies in use in
Đắk Lắk's schools); short lists, meant to send a message to somebody who reads it, not to translate.
"""

import re

from services.triage.domain.understanding.reading import Reading

VIETNAMESE = "vi"

_SCRIPTS = (
    ("kor", re.compile("[\uac00-\ud7af]")),
    ("jpn", re.compile("[\u3040-\u30ff]")),
    ("zho", re.compile("[\u4e00-\u9fff]")),
    ("khm", re.compile("[\u1780-\u17ff]")),
    ("lao", re.compile("[\u0e80-\u0eff]")),
    ("tha", re.compile("[\u0e00-\u0e7f]")),
    ("rus", re.compile("[\u0400-\u04ff]")),
    ("ara", re.compile("[\u0600-\u06ff]")),
)
_HIGHLAND_LETTERS = re.compile("[ƀƃčĕŏŭĭñ]|[ơưâêô]\u0306")
_COMMON = {
    "rad": "kâo ih ñu drei diih amâo mâo hlei hiu jing sang hŏng mơ̆ng anei adih dlăng êa čiăng",
    "jra": "kâo ih ñu gơmơi gơñu plơi hăng ƀơi mơnuih anŏ hrơi djŏ ƀing amra laih đah kơ",
    "mnn": "gâp bu jêh uănh aơ may hăn bon jan mpôl đah nây lah lơh ƀư di gŭ wơt",
    "hmn": "kuv koj peb lawv yog tsis muaj nyob thiab hauv neeg ntawm cov lub tus los mus",
    "eng": "the is are you how to what please my and for of with this that have can want where need hello",
}
_WORDS = {code: frozenset(words.split()) for code, words in _COMMON.items()}
_ENOUGH = 0.25  # share of the words that a language's commonest words make up
_AT_LEAST = 2


def language_of(text: str, reading: Reading) -> str:
    """`vi`, or the ISO 639-3 code of the language the message is mostly in."""
    if not text.isascii():
        for code, letters in _SCRIPTS:
            if len(letters.findall(text)) * 2 > len(text.split()):
                return code
        if _HIGHLAND_LETTERS.search(text.casefold()):
            return _most_words(reading, ("rad", "jra", "mnn")) or VIETNAMESE
        return VIETNAMESE
    return _most_words(reading, ("eng", "hmn")) or VIETNAMESE


def _most_words(reading: Reading, codes: tuple[str, ...]) -> str | None:
    needed = max(_AT_LEAST, _ENOUGH * len(reading))
    counts = {code: sum(word in _WORDS[code] for word in reading.words) for code in codes}
    best = max(codes, key=lambda code: counts[code])
    return best if counts[best] >= needed else None
