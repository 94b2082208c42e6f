"""How understanding is learnt: training text → weights, and what they are worth on text by other hands.

Run by a person (`python -m services.triage.training`), never by the service: scikit-learn is imported only here.
"""
