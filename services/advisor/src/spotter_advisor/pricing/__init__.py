"""What a set near failure costs: by exercise, muscle group, recovery and training block."""
