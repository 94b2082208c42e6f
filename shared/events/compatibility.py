"""Whether a new schema still serves the readers and the records of an old one. Pure.

Within a version only optional fields are added. Anything else is a new `.v2`, both written for one release.
"""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """What in `new` breaks a reader of `old`, or a record written under it; empty when nothing does."""
    return _object(old, new, old.get("$defs", {}), new.get("$defs", {}), "")


def _object(old: Schema, new: Schema, old_defs: Schema, new_defs: Schema, at: str) -> list[str]:
    found: list[str] = []
    before, after = old.get("properties", {}), new.get("properties", {})
    found += [f"{at}{name}: removed" for name in before.keys() - after.keys()]
    found += [f"{at}{name}: now required" for name in set(new.get("required", ())) - set(old.get("required", ()))]
    # readers of the old form may rely on a field that was always there
    found += [
        f"{at}{name}: no longer required"
        for name in set(old.get("required", ())) - set(new.get("required", ()))
        if name in after
    ]
    for name in sorted(before.keys() & after.keys()):
        found += _value(before[name], after[name], old_defs, new_defs, f"{at}{name}")
    return sorted(found)


def _value(old: Schema, new: Schema, old_defs: Schema, new_defs: Schema, at: str) -> list[str]:
    old, new = _resolved(old, old_defs), _resolved(new, new_defs)
    if old.get("type") == "object" and new.get("type") == "object":
        return _object(old, new, old_defs, new_defs, f"{at}.")
    if old.get("type") == "array" and new.get("type") == "array":
        return _value(old.get("items", {}), new.get("items", {}), old_defs, new_defs, f"{at}[]")
    if "anyOf" in old and "anyOf" in new:
        return _choices(old, new, old_defs, new_defs, at)
    found = [
        f"{at}: {key} {old.get(key)!r} became {new.get(key)!r}" for key in ("type", "format") if _differ(old, new, key)
    ]
    if "enum" in old or "enum" in new:
        # a value a reader has never seen breaks it as surely as one that is gone
        added = set(new.get("enum", ())) ^ set(old.get("enum", ()))
        found += [f"{at}: values differ: {', '.join(map(str, sorted(added)))}"] if added else []
    return found


def _choices(old: Schema, new: Schema, old_defs: Schema, new_defs: Schema, at: str) -> list[str]:
    if len(old["anyOf"]) != len(new["anyOf"]):
        return [f"{at}: choices differ"]
    pairs = zip(old["anyOf"], new["anyOf"], strict=True)
    return [line for a, b in pairs for line in _value(a, b, old_defs, new_defs, at)]


def _differ(old: Schema, new: Schema, key: str) -> bool:
    return bool(old.get(key) != new.get(key))


def _resolved(schema: Schema, defs: Schema) -> Schema:
    reference = schema.get("$ref")
    if isinstance(reference, str):
        resolved: Schema = defs[reference.rsplit("/", 1)[-1]]
        return resolved
    return schema
