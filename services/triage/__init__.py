"""triage: understands what people write, routes it to the responsible unit, keeps each case to its end."""
