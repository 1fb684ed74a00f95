"""Numeric indicators: figure + context -> one record a figure."""

from vankien.tagging.indicators.extract import Figure, extract_figures

__all__ = ["Figure", "extract_figures"]
