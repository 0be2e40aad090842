"""The same 21 operations, as a role in a site's own folder."""

ARCHITECTURES = ("x86_64", "aarch64", "riscv64")
