"""The committed list of jars."""

import pytest

from deploy.local import locks
from deploy.local.errors import Refused

HASH = "0" * 64


def test_a_line_is_coordinates_and_a_hash_and_the_rest_is_comment() -> None:
    (jar,) = locks.parse(f"# made by make relock\n\norg.a:b_2.13:1.0 {HASH}  # why\n")
    assert (jar.group, jar.artifact, jar.version, jar.filename) == ("org.a", "b_2.13", "1.0", "b_2.13-1.0.jar")


@pytest.mark.parametrize("line", [f"org.a:b {HASH}", "org.a:b:1 abc", f"https://host/org/a/b.jar {HASH}", "org.a:b:1"])
def test_a_line_that_cannot_be_read_is_refused_by_its_number(line: str) -> None:
    with pytest.raises(Refused, match="line 2"):
        locks.parse(f"\n{line}\n", name="jars.lock")


def test_the_committed_lock_has_kafka_its_logging_and_postgres_for_each_platform() -> None:
    jars = locks.read()
    names = {jar.artifact for jar in locks.kafka_jars(jars)}
    assert {"kafka_2.13", "kafka-clients", "log4j-core", "log4j-slf4j-impl"} <= names
    versions = {jar.artifact: jar.version for jar in jars}
    assert versions["log4j-slf4j-impl"] == versions["log4j-core"]
    for platform in ("linux-amd64", "linux-arm64v8", "darwin-arm64v8"):
        assert locks.postgres_jar(jars, platform).version == "18.6.0"


def test_a_platform_without_a_build_is_named() -> None:
    with pytest.raises(Refused, match="linux-s390x"):
        locks.postgres_jar(locks.read(), "linux-s390x")
