"""The operation endpoints that phones call: views, input, words, paths. No rule is decided here."""
