"""Methods that prove or protect something: signatures, tokens, encryption, offline codes."""
