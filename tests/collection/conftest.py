"""The fixture of the collection."""

from tests.collection.made import made

__all__ = ["made"]
