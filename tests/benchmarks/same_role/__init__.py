"""One role of 21 operations, for every tool that is measured."""
