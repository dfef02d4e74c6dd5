"""How a server runs: address, start, gunicorn, probes, metrics, logs. No API lives here."""
