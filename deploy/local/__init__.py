"""The embedded platform behind `make run`: fetch, start, watch, stop real Kafka and PostgreSQL and the services."""
