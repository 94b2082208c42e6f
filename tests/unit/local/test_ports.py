"""Ports: below the kernel's range, free, remembered."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import ports
from deploy.local.errors import Refused
from deploy.local.ports import Ports


@pytest.fixture
def taken() -> Iterator[int]:
    port = ports.first_free(30000)
    with socket.socket() as listener:
        listener.bind((ports.HOST, port))
        listener.listen()
        yield port


def test_a_taken_port_is_passed_over(taken: int) -> None:
    assert not ports.is_free(taken)
    assert ports.first_free(taken) != taken


def test_a_port_is_never_in_the_kernels_range() -> None:
    assert ports.FIRST <= ports.first_free(ports.LAST) <= ports.LAST < 32768


def test_a_chosen_port_is_remembered(tmp_path: Path) -> None:
    first = Ports(tmp_path / "ports.json")
    port = first.choose("stats", 30500)
    first.save()
    assert Ports(tmp_path / "ports.json").choose("stats", 31000) == port


def test_a_remembered_port_that_is_taken_gives_way(tmp_path: Path, taken: int) -> None:
    mine = Ports(tmp_path / "ports.json")
    mine.chosen["stats"] = taken
    assert mine.choose("stats", taken) != taken


def test_a_demanded_port_that_is_taken_is_refused(tmp_path: Path, taken: int) -> None:
    with pytest.raises(Refused, match=f"Port {taken} \\(stats\\) is taken"):
        Ports(tmp_path / "ports.json").choose("stats", 30500, demanded=taken)


def test_two_parts_never_share_a_port(tmp_path: Path) -> None:
    mine = Ports(tmp_path / "ports.json")
    assert mine.choose("kafka", 30600) != mine.choose("postgres", 30600)
