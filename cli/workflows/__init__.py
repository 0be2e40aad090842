"""Plan, apply, converge, drift, diff, audit: they emit events and never print."""
