"""Places and organisations with their codes."""
