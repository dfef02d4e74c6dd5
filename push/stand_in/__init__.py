"""A stand-in for Apple, Google and Huawei on this machine: for tests, the demo and the benchmark.

It is as strict as the providers say they are, keeps what it received for looking at, and fails in
every documented way when it is told to. It knows nothing of our database and settings.
"""
