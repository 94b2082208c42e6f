"""Triage's rules. Pure: values in, decisions out; no I/O, no clock, no settings."""
