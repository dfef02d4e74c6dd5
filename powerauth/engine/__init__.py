"""The embedded engine: rows, locks and rules of activations, signatures, tokens and their keys.

Beside its rooms stands what several of them share: limits, pages, periods, transactions. No HTTP.
"""
