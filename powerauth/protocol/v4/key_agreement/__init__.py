"""How both sides agree on a secret: offered keys, what the server encapsulates, temporary keys."""
