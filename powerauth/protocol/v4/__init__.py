"""What only version 4.0 has: hybrid key agreement, authentication codes, AEAD, status, offline.

Functions serve both sides: what a server seals a phone opens, and the other way round. Where
OpenSSL lacks ML-KEM or ML-DSA, `suites.available_suites` leaves out what needs them.
"""
