"""From recipe and gold to model, metrics and card."""
