"""A collection of documents composed by a seeded generator, with the figures that are true in it.

    from vankien.collection import compose
    truth = compose("collection/", seed=7)
    vankien.extract("collection/documents", out="results/")
    vankien.open("results/").panel("members.admitted")        # compare with truth.cells

It gives notebooks something to show and panels something to be checked against.  All figures
are invented; ``corpus/collection/README.md`` says what the sentences are made of.
"""

from vankien.collection.compose import compose
from vankien.collection.truth import Cell, Planted, Truth, read_truth

__all__ = ["Cell", "Planted", "Truth", "compose", "read_truth"]
