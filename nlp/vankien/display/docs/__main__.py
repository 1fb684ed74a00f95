"""``python -m vankien.display.docs FOLDER``: write the documentation."""

from __future__ import annotations

import sys

from vankien.display.docs.build import build
from vankien.errors import VankienError


def main(arguments: list[str]) -> int:
    """Write the documentation; return the exit code."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.stderr.write("usage: python -m vankien.display.docs FOLDER\n")
        return 2
    try:
        built = build(arguments[0])
    except VankienError as error:
        sys.stderr.write(f"vankien: {error}\n")
        return 2
    sys.stdout.write(f"{built.folder}/index.html: {built.pages} pages\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
