"""What Spotter is about, pure: events, exercises, policies, rules, topics, ids, weeks."""
