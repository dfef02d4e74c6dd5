"""The phone of protocol 4.0: what is its own, in every suite; what all phones do is one room up."""
