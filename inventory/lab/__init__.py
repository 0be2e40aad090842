"""Machines that exist only on this computer: real network, boot, SSH and Redfish; simulated power and GPUs."""
