"""`make relock`: resolve Kafka's closure again and write the jars' lock. The only step that resolves anything."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from deploy.local.fetch import digest, download
from deploy.local.locks import JARS_LOCK, POSTGRES_GROUP, Jar

KAFKA = "org.apache.kafka:kafka_2.13:4.4.0"
POSTGRES_VERSION = "18.6.0"
POSTGRES_PLATFORMS = ("linux-amd64", "linux-arm64v8", "linux-amd64-alpine", "darwin-amd64", "darwin-arm64v8")
HEADER = """\
# group:artifact:version sha256. Made by `make relock`; checked at every start.
# Apache Kafka's own closure, log4j's SLF4J 1 binding at log4j-core's version, and PostgreSQL for each platform.
"""


def jars_of_kafka() -> Iterator[tuple[str, str, str]]:
    """Kafka is resolved by itself: beside anything else, log4j's managed versions would replace Kafka's own."""
    import jgo  # noqa: PLC0415 - maintainers' command only

    for found in jgo.resolve(KAFKA):
        yield found.groupId, found.artifactId, found.version
        if found.artifactId == "log4j-core":
            yield found.groupId, "log4j-slf4j-impl", found.version


def relock(path: Path = JARS_LOCK) -> int:
    """Write the lock anew. Returns how many jars it names."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        wanted = list(dict.fromkeys(jars_of_kafka()))
        wanted += [
            (POSTGRES_GROUP, f"embedded-postgres-binaries-{name}", POSTGRES_VERSION) for name in POSTGRES_PLATFORMS
        ]
        bare = [Jar(*coordinate, "") for coordinate in wanted]
        lines = [f"{jar.coordinate} {digest(download(jar, scratch))}" for jar in bare]
    path.write_text(HEADER + "\n".join(sorted(lines)) + "\n", encoding="utf-8")
    return len(lines)
