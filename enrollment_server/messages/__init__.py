"""The catalogues of the texts that people read: extraction, update, compilation and check.

Everything here turns texts and bytes into others; only `files` reads and writes. GNU gettext is
not needed.
"""
