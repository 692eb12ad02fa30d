"""What ends a run."""


class LoadError(RuntimeError):
    """The target did not do what it was asked; the message holds its answer."""
