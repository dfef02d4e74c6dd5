"""Activations from their code to their removal: key exchange, states, flags, passwords."""
