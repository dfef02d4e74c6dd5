"""Moving a bank here from the Java servers of Wultra: docs/moving-from-wultra.md.

Rows are read from their databases, translated (`rows`), and written here in batches; what was taken
is remembered, so that a further run takes only what is new or was changed there.
"""
