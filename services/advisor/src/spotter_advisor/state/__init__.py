"""What the advisor keeps of a lifter, and how it is stored."""
