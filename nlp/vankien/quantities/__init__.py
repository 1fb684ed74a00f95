"""Numbers, units and periods of Vietnamese running text."""
