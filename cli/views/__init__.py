"""How things look. The only place that prints: values and events in, text on a stream out."""
