"""Installing nodes over the in-band management network: DHCP, HTTP, the install agent, the image store.

The same for a lab and for real hardware; nothing here knows the lab.
"""
