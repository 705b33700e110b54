"""New York City: real service districts, by matter."""
