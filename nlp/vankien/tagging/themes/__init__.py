"""Themes of sentences by the codebook's cues, and their roll-up to documents."""

from vankien.tagging.themes.cues import ThemeMention, tag_sentence
from vankien.tagging.themes.rollup import DocumentTheme, roll_up

__all__ = ["DocumentTheme", "ThemeMention", "roll_up", "tag_sentence"]
