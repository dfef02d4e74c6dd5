"""What only versions 3.0 to 3.3 have: headers, signatures, ECIES, status, offline texts.

What other generations share stands beside this room.
"""
