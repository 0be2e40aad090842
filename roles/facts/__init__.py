"""Facts of our own, one noun a file: read what an operation compares, in as few processes as possible."""
