"""Our own resource provider: what each resource type really does, served to the engine over gRPC."""
