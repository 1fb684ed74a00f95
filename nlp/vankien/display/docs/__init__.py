"""The documentation as a folder of pages, built from the code and the codebook.

    python -m vankien.display.docs build/docs

writes ``index.html``, the how-to pages (the Markdown files beside this module), a page for every
theme, role and indicator of the codebook (definition, source, cues, examples), and the API
reference by pdoc from the docstrings (``--no-api`` leaves it
out).  Everything is plain HTML without network.
"""

from vankien.display.docs.build import build

__all__ = ["build"]
