"""Words typed for an input method that was switched off: "nhaf" for nhà, "dduowngf" for đường, "ngu7o7i2" for người.

Telex and VNI write marks as letters or digits after the vowels (the two input methods that Vietnamese keyboards
have). A word is read so only if it is no syllable as it stands and is one once read: "cars" and "bus" stay.
"""

import re
import unicodedata
from functools import lru_cache

_ONSETS = "b|c|ch|d|đ|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|qu|r|s|t|th|tr|v|x"
_RIMES = (
    "a|ac|ach|ai|am|an|ang|anh|ao|ap|at|au|ay|ă|ăc|ăm|ăn|ăng|ăp|ăt|âc|âm|ân|âng|âp|ât|âu|ây|e|ec|em|en|eng|eo|ep|et|"
    "ê|êch|êm|ên|ênh|êp|êt|êu|i|ia|ich|iêc|iêm|iên|iêng|iêp|iêt|iêu|im|in|inh|ip|it|iu|o|oa|oac|oach|oai|oam|oan|oang|"
    "oanh|oao|oap|oat|oay|oăc|oăm|oăn|oăng|oăt|oc|oe|oen|oeo|oet|oi|om|on|ong|op|ot|ô|ôc|ôi|ôm|ôn|ông|ôp|ôt|ơ|ơi|ơm|"
    "ơn|ơp|ơt|u|ua|uân|uâng|uât|uây|uc|uê|uêch|uênh|ui|um|un|ung|uôc|uôi|uôm|uôn|uông|uôt|uơ|up|ut|uy|uya|uych|uyên|"
    "uyêt|uynh|uyp|uyt|uyu|ư|ưa|ưc|ưi|ưm|ưn|ưng|ươc|ươi|ươm|ươn|ương|ươp|ươt|ươu|ưt|ưu|y|yêm|yên|yêng|yêt|yêu"
)
_UNMARKED = str.maketrans("âăêôơưđ", "aaeooud")
_SYLLABLE = re.compile(f"(?:{_ONSETS})?(?:{_RIMES})")
_BARE_SYLLABLE = re.compile(f"(?:{_ONSETS.translate(_UNMARKED)})?(?:{_RIMES.translate(_UNMARKED)})")
_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_TONES |= {"1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323"}
_TELEX = (("dd", "đ"), ("aa", "â"), ("aw", "ă"), ("ee", "ê"), ("oo", "ô"), ("uow", "ươ"), ("ow", "ơ"), ("uw", "ư"))
_VNI = (
    ("d9", "đ"),
    ("a6", "â"),
    ("a8", "ă"),
    ("e6", "ê"),
    ("o6", "ô"),
    ("u7o7", "ươ"),
    ("uo7", "ươ"),
    ("o7", "ơ"),
    ("u7", "ư"),
)
_MAYBE_TELEX = re.compile(r"[a-z]*(?:dd|aa|ee|oo|[aou]w)[a-z]*|[a-z]*[aeiouy][a-z]*[sfrxj][a-z]?")
_MAYBE_VNI = re.compile(r"[a-z]+[1-9][a-z0-9]*")
_TONE_SEATS = "ơêâăôaeouiyư"
_SHORTEST, _LONGEST = 3, 9
_FOREIGN = re.compile(
    "bar|bus|gas|max|fax|box|fix|mix|sex|six|tax|pos|gps|sms|tet|mas|bas|los|des|les|us|as|is|his|was|has|os|ios|vios|"
    "iris|oppos|users|cos|gees|off|for|or|her|per|car|star|bis|jobs|ads|nas|ras|yes|bros|kids|boss|pass|miss|class|less|"
    "ass|loss|cross|press|express|access|wifi|golf|self|half|chef|surf|brief"
)


@lru_cache(maxsize=65_536)
def untyped(word: str) -> str:
    """The word that was meant, or the same. `word` in lower case."""
    if not _SHORTEST <= len(word) <= _LONGEST or not word.isascii() or _FOREIGN.fullmatch(word):
        return word
    if _BARE_SYLLABLE.fullmatch(word):
        return word
    if _MAYBE_TELEX.fullmatch(word):
        return _read(word, _TELEX, "sfrxj") or word
    if len(word) > _SHORTEST and _MAYBE_VNI.fullmatch(word):
        return _read(word, _VNI, "12345") or word
    return word


def _read(word: str, letters: tuple[tuple[str, str], ...], tones: str) -> str | None:
    read, tone = word, ""
    for at in range(len(read) - 1, 0, -1):
        if read[at] in tones and any(vowel in read[:at] for vowel in "aeiouy"):
            tone, read = _TONES[read[at]], read[:at] + read[at + 1 :]
            break
    for typed, meant in letters:
        read = read.replace(typed, meant)
    if not _SYLLABLE.fullmatch(read):
        return None
    return _with_tone(read, tone) if tone else read


def _with_tone(syllable: str, tone: str) -> str:
    """The tone on its vowel: on the marked one, else the last but one of an open rime, else the last."""
    seats = [at for at, letter in enumerate(syllable) if letter in _TONE_SEATS]
    vowels = [at for at in seats if at > 1] if syllable.startswith(("qu", "gi")) else seats
    vowels = vowels or seats  # of "gì" the onset's own letter carries the tone
    marked = [at for at in vowels if syllable[at] in "ơêâăô"] or [at for at in vowels if syllable[at] == "ư"]
    open_rime = vowels[-1] == len(syllable) - 1
    seat = marked[-1] if marked else vowels[-2] if open_rime and len(vowels) > 1 else vowels[-1]
    return syllable[:seat] + unicodedata.normalize("NFC", syllable[seat] + tone) + syllable[seat + 1 :]
