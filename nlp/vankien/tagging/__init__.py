"""References, indicators, themes and roles: what sentences say."""
