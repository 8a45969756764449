"""Layout, design tokens, template components and the islands' runtime; no domain words."""
