"""A stand-in for Zalo's Official Account platform that speaks its real HTTP interface. See README.md.

It belongs to the outside world: it imports nothing of the services or of what they share.
"""
