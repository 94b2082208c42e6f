"""All of triage's SQL, a module a subject. Sets in, sets out; every statement is a named constant with a sentence."""

from services.triage.store.store import Store

__all__ = ["Store"]
