"""Sheets as HTML without Dash: frozen for shares, files and the panels of dashboards."""
