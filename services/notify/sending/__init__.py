"""The machine that sends: leases, the loop of claims and calls, questions about doubt, and upkeep."""
