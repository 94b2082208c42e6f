"""The committed list of jars: one `group:artifact:version sha256` a line. It names no host."""

import re
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import Refused

JARS_LOCK = Path(__file__).parents[1] / "locks" / "jars.lock"
POSTGRES_GROUP = "io.zonky.test.postgres"
LINE = re.compile(r"^([\w.\-]+):([\w.\-]+):([\w.\-]+) ([0-9a-f]{64})$")


@dataclass(frozen=True)
class Jar:
    """One locked file. `sha256` in lower-case hex."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def filename(self) -> str:
        return f"{self.artifact}-{self.version}.jar"

    @property
    def coordinate(self) -> str:
        return f"{self.group}:{self.artifact}:{self.version}"

    def __str__(self) -> str:
        return f"{self.coordinate} {self.sha256}"


def parse(text: str, *, name: str = "jars.lock") -> tuple[Jar, ...]:
    """The jars of a lock's text; `#` begins a comment. Raises Refused, naming the line that cannot be read."""
    jars: list[Jar] = []
    for number, line in enumerate(text.splitlines(), start=1):
        entry = line.split("#", 1)[0].strip()
        if not entry:
            continue
        match = LINE.match(entry)
        if match is None:
            raise Refused(
                f"{name}, dòng {number}: không đọc được.",
                f"{name}, line {number}: not `group:artifact:version sha256`.",
            )
        jars.append(Jar(*match.groups()))
    return tuple(jars)


def read(path: Path = JARS_LOCK) -> tuple[Jar, ...]:
    return parse(path.read_text(encoding="utf-8"), name=path.name)


def kafka_jars(jars: tuple[Jar, ...]) -> tuple[Jar, ...]:
    return tuple(jar for jar in jars if jar.group != POSTGRES_GROUP)


def postgres_jar(jars: tuple[Jar, ...], platform: str) -> Jar:
    """The PostgreSQL build for a platform such as `linux-amd64`. Raises Refused when the lock has none for it."""
    for jar in jars:
        if jar.group == POSTGRES_GROUP and jar.artifact.endswith(f"-{platform}"):
            return jar
    raise Refused(f"Chưa có bản PostgreSQL cho máy kiểu {platform}.", f"The lock has no PostgreSQL for {platform}.")
