"""What if something is lost: what goes down, what must be throttled, what is degraded but holds."""
