"""The PowerAuth protocol, versions 3.0 to 3.3 and 4.0, as pure functions and values.

Nothing here reads a clock, a setting, a file, a database or a socket. Randomness is an argument
that defaults to the system generator, so that every result can be reproduced in a test; only ML-KEM
and ML-DSA draw their own, since the library takes none. Malformed or unauthentic input ends in
:class:`powerauth.protocol.errors.ProtocolError` and in nothing else. A ``ValueError`` reports a
mistake of the calling code, for instance a key of a wrong size.
"""
