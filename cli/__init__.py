"""HOW it is driven: Click commands, workflows and views."""
