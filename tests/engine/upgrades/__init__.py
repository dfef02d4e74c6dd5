"""The way of an activation from protocol 3 to protocol 4, through the engine."""
