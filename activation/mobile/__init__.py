"""The endpoints that phones call: views, input, presentation, errors, paths.

No rule is decided here.
"""
