"""The endpoints that phones call: views, input, errors, paths. No rule is decided here."""
