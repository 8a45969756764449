"""What monitoring adds to scanned cards. Nothing of the rules: the scan service loads this."""

from yimaqing.kit.cards import Panel

panels = [
    Panel(
        kind="household",
        sql_function="monitoring_household_panel",
        template="monitoring/scan/household.jinja",
        order=10,
    ),
    *(
        Panel(
            kind=kind,
            sql_function="monitoring_place_panel",
            template="monitoring/scan/place.jinja",
            order=20,
            public_function="monitoring_place_public",
            public_template="monitoring/scan/place.jinja",
        )
        for kind in ("county", "township", "village")
    ),
]
