"""``python -m vankien``: the command line."""

from vankien.cli import main

if __name__ == "__main__":
    main()
