"""``python -m sodam`` is the ``sodam`` command."""

from sodam.cli.main import main

if __name__ == "__main__":
    main()
