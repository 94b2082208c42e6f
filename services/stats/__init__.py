"""stats: counts, once each, by event time; the headline table and the live page. README.md says what it promises."""
