"""Site → blueprint: pure functions, no clock, no network, no chance."""
