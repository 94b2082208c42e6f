"""All of ingest's SQL, by what it is about. Sets in, sets out; a transaction is the caller's."""
