"""How far the time of a request may be from now: protocol-4.md 38 and 39.1."""

from datetime import timedelta

from powerauth.engine.generations.values import Window

WINDOW = Window(past=timedelta(minutes=5), future=timedelta(minutes=5))
