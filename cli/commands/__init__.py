"""One file a verb: arguments in, workflow called, view chosen."""
