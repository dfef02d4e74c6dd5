"""Apple, Google and Huawei: how each wants a message, what its answers mean, and the call itself.

Knows values only: neither rows nor settings.
"""
