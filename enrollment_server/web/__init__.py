"""How requests come in and answers go out: gunicorn's threads, and what keeps them free.

A thread works on whole requests only. While a client sends one, or takes an answer, the
connection waits in the event loop of its process, where it costs memory and no thread. The
processes of a server share its connections evenly.
"""
