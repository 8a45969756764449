"""What a page of the registry asks for."""

READ = "registry.read"
UNMASK = "registry.unmask"
EDIT = "registry.edit"
MERGE = "registry.merge"
