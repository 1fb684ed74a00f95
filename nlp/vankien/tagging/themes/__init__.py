"""Themes of sentences by the trained model and the codebook's cues; roll-up to documents."""

from vankien.tagging.themes.cues import ThemeMention, tag_sentence
from vankien.tagging.themes.rollup import DocumentTheme, roll_up
from vankien.tagging.themes.tag import tag_sentences

__all__ = ["DocumentTheme", "ThemeMention", "roll_up", "tag_sentence", "tag_sentences"]
