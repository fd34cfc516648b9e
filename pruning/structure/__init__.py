"""What a network is made of: its operations, the units that go together, its size, and surgery."""
