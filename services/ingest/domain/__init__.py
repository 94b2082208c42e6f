"""Pure: takes values, returns decisions. No I/O, clock, logger or settings."""
