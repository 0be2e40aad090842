"""Figures of the real command, measured beside a peer in the same run; never part of the test suite."""
