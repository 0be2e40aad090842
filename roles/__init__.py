"""HOW a node is configured: pyinfra roles, operations, facts and profiles."""
