"""The PowerAuth protocol and its server: activations, signatures, tokens, encryption.

What is signed means nothing here; operations, messages and devices have apps of their own.
"""
