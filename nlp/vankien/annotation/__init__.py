"""Annotated text: reading and writing it."""
