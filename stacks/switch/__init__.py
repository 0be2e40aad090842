"""A switch's configuration: rendered from the blueprint, read back, compared line by line."""
