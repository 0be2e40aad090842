"""WHAT exists: Pulumi components, programs, engine and provider."""
