"""Drawings of a site as SVG: text that can be selected, titles for screen readers, dark and light, no script."""
