"""The simulator is the outside world: it imports nothing of ours, and no module of it grows past 300 lines."""

import ast
from pathlib import Path

FOLDER = Path(__file__).parents[3] / "deploy" / "demo" / "zalo"


def imported(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return names | {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}


def test_it_imports_no_service_and_nothing_shared() -> None:
    ours = {
        (file.name, name) for file in FOLDER.glob("*.py") for name in imported(file)
        if name.split(".")[0] in {"services", "shared", "tests"}
        or (name.startswith("deploy") and not name.startswith("deploy.demo.zalo"))
    }  # fmt: skip
    assert ours == set()


def test_no_module_is_longer_than_300_lines() -> None:
    assert [file.name for file in FOLDER.glob("*.py") if len(file.read_text(encoding="utf-8").splitlines()) > 300] == []
