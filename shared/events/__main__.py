"""`python -m shared.events export`: write the schemas that are committed as the contract.

`python -m shared.events release` freezes them as what the next changes are held against.
"""

import json
import sys
from pathlib import Path

from shared.events import EVENTS
from shared.events.asyncapi import schema

SCHEMAS = Path(__file__).parent / "schemas"
RELEASED = SCHEMAS / "released"


def export(folder: Path) -> int:
    """Writes <type>.schema.json for every event; returns how many."""
    folder.mkdir(parents=True, exist_ok=True)
    models = [model for models in EVENTS.values() for model in models]
    for model in models:
        text = json.dumps(schema(model), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        (folder / f"{model.type}.schema.json").write_text(text, encoding="utf-8")
    return len(models)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["export"]:
            print(f"{export(SCHEMAS)} schemas written")  # noqa: T201 - a command's answer
        case ["release"]:
            print(f"{export(RELEASED)} schemas frozen")  # noqa: T201
        case _:
            sys.exit(__doc__)
