"""Readers of what programs on nodes print: text in, values out, for facts and for checks alike. Pure."""
