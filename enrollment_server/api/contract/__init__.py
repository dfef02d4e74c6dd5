"""Words with which an app says what its endpoints read and answer, once, beside its code.

They cost a request nothing. `enrollment_server.openapi` makes documents of them.
"""
