"""What a page of monitoring asks for."""

READ = "monitoring.read"
