"""Side-by-side measurements: `make bench`. Ratios of one run; absolute figures only say which machine it was."""
