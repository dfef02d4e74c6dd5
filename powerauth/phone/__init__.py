"""A software phone: the client side of the protocol, as a mobile app with its SDK plays it.

The phone talks HTTP and shares nothing with the server but the pure protocol core. It believes no
answer that it can check. Everything a person uses is in :class:`powerauth.phone.phone.Phone`;
what depends on the generation of the protocol is in `powerauth.phone.generations`.
"""
