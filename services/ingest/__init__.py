"""ingest: accepts what channels push, polls what they do not, keeps the register of pages and groups."""
