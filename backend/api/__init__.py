"""The REST API and the live stream: thin routes over the services."""
