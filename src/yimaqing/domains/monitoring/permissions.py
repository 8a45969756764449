"""What a page of monitoring asks for."""

READ = "monitoring.read"
#: Figures of whole places: who may see the cockpit may also see the poverty index.
FIGURES = "cockpit.view"
#: To say of a doubt that it is right after all: who may correct the facts may also confirm them.
EDIT = "registry.edit"
#: To change the rules of a region, or to confirm what another one changed.
RULES = "monitoring.rules"
