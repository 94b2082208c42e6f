"""The same event told many times: who may be telling it, and one text that many send. Pure; a person decides.

`telling` what a case tells in this respect · `similar` how alike two are · `proposing` whom each case is proposed to
join · `chain` near-identical texts · `rules` the data behind them.
"""
