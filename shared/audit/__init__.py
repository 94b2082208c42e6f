"""Every act is on the record, in the act's own transaction (design, promise 8)."""

from shared.audit.record import AuditRow, record

__all__ = ["AuditRow", "record"]
