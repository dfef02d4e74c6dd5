"""Who signed this: signatures, tokens, the vault, and the record of every attempt."""
