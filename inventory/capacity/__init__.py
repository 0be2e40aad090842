"""Capacity: how many more racks of a kind fit, what stops them first, and which kW nobody can ever use."""
