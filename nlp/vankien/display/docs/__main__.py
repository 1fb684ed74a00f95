"""``python -m vankien.display.docs [--no-api] FOLDER``: write the documentation."""

from __future__ import annotations

import sys

from vankien.display.docs.build import build
from vankien.errors import VankienError


def main(arguments: list[str]) -> int:
    """Write the documentation; return the exit code."""
    folders = [argument for argument in arguments if argument != "--no-api"]
    if len(folders) != 1 or folders[0].startswith("-"):
        sys.stderr.write("usage: python -m vankien.display.docs [--no-api] FOLDER\n")
        return 2
    try:
        built = build(folders[0], api="--no-api" not in arguments)
    except VankienError as error:
        sys.stderr.write(f"vankien: {error}\n")
        return 2
    sys.stdout.write(f"{built.folder}/index.html: {built.pages} pages\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
