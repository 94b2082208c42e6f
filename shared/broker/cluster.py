"""Which Kafka, and under which names: several installations (or tests) may share one cluster by a prefix."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cluster:
    """`bootstrap`: host:port, commas between several. `prefix` goes before every topic and group name."""

    bootstrap: str
    prefix: str = ""

    def named(self, name: str) -> str:
        """A topic's or group's name as this cluster knows it."""
        return f"{self.prefix}{name}"

    def known_as(self, name: str) -> str:
        """The name in our own table."""
        return name.removeprefix(self.prefix)
