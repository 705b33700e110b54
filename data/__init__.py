"""Sample projects, each with the script that builds it."""
