"""The factors of an activation, as its phone changes them: protocol-4.md 23.3 and 25.

Whoever calls has verified a code. The activation may have changed since then, so each of these
locks it, looks again whether it still may, and writes.
"""
