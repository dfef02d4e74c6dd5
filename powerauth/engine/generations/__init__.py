"""What depends on the generation of the protocol: one interface, a room for each generation.

`base` is the interface, `choice` says which one it is, and nothing else asks.
"""
