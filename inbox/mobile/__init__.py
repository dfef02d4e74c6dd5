"""The endpoints that phones call: views, input, presentation, paths. No rule is decided here."""
