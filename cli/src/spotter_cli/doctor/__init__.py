"""What `spotter doctor` looks at: each check is one question with an answer and what to do."""
