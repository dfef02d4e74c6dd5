"""The endpoints that phones call: views, input, paths. No rule is decided here."""
