"""Calling other servers of the bank over HTTP: pools, time-outs, TLS, one failure. Knows no app."""
