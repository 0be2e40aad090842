"""What Gigaworks writes down: plans, the ledger, differences, the report."""
