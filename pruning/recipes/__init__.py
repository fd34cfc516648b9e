"""Recipes: published studies as ready configurations, one TOML file each."""
