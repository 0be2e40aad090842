"""WHICH machines there are: the declared site, its design and laws, the plant, the fleet, BMCs and the lab."""
