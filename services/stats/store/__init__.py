"""All SQL of stats.

counting: one batch in one transaction. reading: the numbers. registers, offences: what is copied or imported.
recount: the headline from the rows it is made of, for anyone to run.
"""
