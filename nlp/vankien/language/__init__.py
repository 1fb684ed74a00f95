"""Sentences, syllable tokens, words and the codebook's phrases in running text."""
