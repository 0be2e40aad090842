"""The fleet: the state of every node, the order in which nodes change, and the steps that bring one up."""
