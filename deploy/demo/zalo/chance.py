"""Everything that looks random, drawn from the seed: the same seed and the same order of calls give the same run."""

from hashlib import blake2b

FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Y", "H'", "Hoàng", "Võ", "Đặng", "Bùi", "Niê", "Êban")
MIDDLE = ("Văn", "Thị", "Đức", "Ngọc", "Minh", "Quang", "Thu", "Hữu", "Bích", "Xuân")
GIVEN = ("An", "Bình", "Cường", "Dung", "Hà", "Hùng", "Lan", "Linh", "Mai", "Nam", "Phúc", "Tâm", "Thảo", "Tuấn")
_WHOLE = float(1 << 64)


class Chance:
    def __init__(self, seed: int) -> None:
        self._seed = str(seed)

    def _digest(self, labels: tuple[object, ...], size: int) -> bytes:
        text = "\x1f".join((self._seed, *map(str, labels)))
        return blake2b(text.encode(), digest_size=size).digest()

    def share(self, *labels: object) -> float:
        """A number in [0, 1)."""
        return int.from_bytes(self._digest(labels, 8), "big") / _WHOLE

    def between(self, span: tuple[float, float], *labels: object) -> float:
        low, high = span
        return low + (high - low) * self.share(*labels)

    def hex_id(self, *labels: object) -> str:
        """20 hexadecimal digits, as Zalo's message and group ids."""
        return self._digest(labels, 10).hex()

    def number_id(self, *labels: object) -> str:
        """18 or 19 decimal digits, as Zalo's ids of persons and pages."""
        return str(10**17 + int.from_bytes(self._digest(labels, 8), "big") % (9 * 10**18))

    def secret(self, *labels: object) -> str:
        """96 hexadecimal digits: tokens and codes of a simulator, no secrets of anyone."""
        return self._digest(labels, 48).hex()

    def name(self, *labels: object) -> str:
        return " ".join(
            words[int(self.share(place, *labels) * len(words))]
            for place, words in (("family", FAMILY), ("middle", MIDDLE), ("given", GIVEN))
        )
