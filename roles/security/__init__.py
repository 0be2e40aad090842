"""Hardening: who may enter, what may be reached, what is written down.

Sets sshd's settings before everybody else's, an nftables table of our own that lets the declared networks in and drops
the rest, audit rules with auditd where the kernel gives its audit to this machine, sudo's log, sysctl values, modules
that are never loaded, and modes of files. The settings follow the CIS benchmarks' spirit; none is claimed to certify.
Each file is judged by its own program first: ``sshd -t``, ``nft -c``, ``visudo -c``.
Proof: ``sshd -T``, the rules that the kernel holds, ``auditctl -s``, ``sysctl -n``, ``stat``, accounts without a
password, accounts with number 0.
"""

ARCHITECTURES = ("x86_64", "aarch64", "riscv64")
EXERCISED = ("x86_64", "aarch64", "riscv64")
