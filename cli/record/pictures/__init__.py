"""What is drawn of a site, in a terminal, as SVG and in the report alike: pure pictures of a blueprint."""
