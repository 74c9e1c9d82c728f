"""Pages made of results: from frozen objects to text."""
