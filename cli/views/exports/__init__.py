"""Files for other tools: what each kind of export consists of, as text, the same bytes for the same site."""
