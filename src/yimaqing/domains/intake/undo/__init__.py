"""Taking a whole batch back: what it created goes, what it changed is as it was.

What others have changed since stays, and is listed. One transaction, as an import is.
"""
