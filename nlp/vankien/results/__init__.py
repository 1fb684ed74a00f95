"""A results folder as relations."""
