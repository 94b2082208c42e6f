"""1 March to 19 October 2020 as it reached the pages: every push, by a seed, its totals the published ones."""
