"""The primitives below the messages of version 4.0: KMAC, AEAD, key encapsulation, signatures."""
