"""What phones are told of operations: that one waits, and that it does no more.

It knows no device and no provider; it announces, and whoever delivers listens.
"""
