"""Gigaworks: infrastructure as code for an AI gigafactory.

The four packages are links to the folders at the top of the repository, so that ``import gigaworks.roles`` is the
same module in a wheel, an editable install and a type checker.
"""

__version__ = "0.1.0"
