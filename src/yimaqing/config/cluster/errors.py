"""What can go wrong with the embedded server, said so that an operator can mend it."""


class ClusterError(Exception):
    """The embedded server cannot do what was asked; the message says what to do next."""
