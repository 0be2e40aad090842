"""Tests of stacks, engine and provider."""
