"""A website of one's own: several sheets as live pages, with an index, for any static host."""
