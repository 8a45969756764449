"""What the cockpit's pages ask for."""

VIEW = "cockpit.view"
