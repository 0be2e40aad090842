"""The blueprint cut into stacks: what each of them declares. Pure; nothing here knows Pulumi."""
