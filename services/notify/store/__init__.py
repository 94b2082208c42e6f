"""All of notify's SQL: one module a subject, each statement a named constant with a sentence."""
