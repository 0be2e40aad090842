"""What a site file may say: one noun per file, every value knowing where it was written."""
