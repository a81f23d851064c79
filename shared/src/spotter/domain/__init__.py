"""The pure domain: events, exercises, policies, rules, topics, ids, weeks."""
