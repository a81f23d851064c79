"""What each type of event does to a lifter's sets: one function per type, from a unit of work to a draft."""
