"""The county's folder of keys: looked at, taken away under a passphrase, left with three bodies, and its key changed.

Nothing here prints a key, takes one from the command line, or writes one where another user may read it.
"""
