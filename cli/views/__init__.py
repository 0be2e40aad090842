"""How things look to a person, a pipeline and an auditor: the only place that prints."""
