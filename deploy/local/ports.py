"""Free loopback ports below the kernel's own range, chosen once and remembered."""

import json
import socket
from collections.abc import Iterable
from pathlib import Path

from deploy.local.errors import Refused

FIRST = 18000
LAST = 32767  # the kernel hands out 32768 and above to anyone who connects
HOST = "127.0.0.1"


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do: TIME_WAIT is no owner
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def first_free(start: int, taken: Iterable[int] = ()) -> int:
    """The first free port from `start` on, round the range once. Raises Refused when there is none."""
    used = set(taken)
    span = LAST - FIRST + 1
    for step in range(span):
        port = FIRST + (start - FIRST + step) % span
        if port not in used and is_free(port):
            return port
    raise Refused(f"Không còn cổng nào trống từ {FIRST} đến {LAST}.", f"No port between {FIRST} and {LAST} is free.")


class Ports:
    """The ports of one installation, by part. A port asked for by name is used or refused, never swapped."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.chosen: dict[str, int] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}

    def choose(self, name: str, preferred: int, *, demanded: int | None = None) -> int:
        """The remembered port if it is free, else the next free one. Raises Refused when the demanded one is taken."""
        if demanded is not None:
            if not is_free(demanded):
                raise Refused(
                    f"Cổng {demanded} ({name}) đã có chương trình khác dùng.",
                    f"Port {demanded} ({name}) is taken by another program.",
                )
            port = demanded
        else:
            others = {port for other, port in self.chosen.items() if other != name}
            port = first_free(self.chosen.get(name, preferred), others)
        self.chosen[name] = port
        return port

    def save(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps(self.chosen, indent=1), encoding="utf-8")
