"""How fast triage understands, and how its service drains a backlog: `make bench-triage`."""
