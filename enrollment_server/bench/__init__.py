"""The benchmark behind `manage.py bench`: a bank and its phones, their load, and what it cost.

It measures servers of any revision over HTTP, so it uses nothing of theirs but what the contracts
promise, and the tables of operations, to have enough to approve. docs/performance.md tells how to
read what it prints.
"""
