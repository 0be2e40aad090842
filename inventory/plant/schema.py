"""The tables of the applied plant. Times are Unix seconds; JSON columns hold canonical JSON text."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

VERSION = 1

metadata = MetaData()

version = Table("plant_version", metadata, Column("version", Integer, primary_key=True))

resources = Table(
    "resources",
    metadata,
    Column("type", String(64), primary_key=True),
    Column("name", String(255), primary_key=True),
    Column("stack", String(128), nullable=False),
    Column("spec", Text, nullable=False),
    Column("spec_digest", String(64), nullable=False),
    Column("applied_at", Float, nullable=False),
)

nodes = Table(
    "nodes",
    metadata,
    Column("name", String(255), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("since", Float, nullable=False),
    Column("step", String(32), nullable=False),
    Column("step_since", Float, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("stood", String(16), nullable=False),
    Column("serial", String(255)),
    Column("host_key", Text),
    Column("installed_image", String(64)),
    Column("installed_digest", String(64)),
    Column("configured_digest", String(64)),
    Column("accepted_digest", String(64)),
    Column("inventory", Text, nullable=False),
    Column("marks", Text, nullable=False),
)

node_events = Table(
    "node_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("node", String(255), nullable=False),
    Column("before", String(16), nullable=False),
    Column("after", String(16), nullable=False),
    Column("message", Text, nullable=False),
    Index("node_events_by_node", "node", "id"),
)

applied = Table(
    "applied",
    metadata,
    Column("serial", Integer, primary_key=True, autoincrement=False),
    Column("plan", String(64), nullable=False),
    Column("blueprint", LargeBinary, nullable=False),  # canonical JSON, zlib
    Column("started", Float, nullable=False),
    Column("finished", Float),
    Column("result", String(8), nullable=False),
)

stack_digests = Table(
    "stack_digests",
    metadata,
    Column("stack", String(128), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("applied_at", Float, nullable=False),
)
