"""What is known of one lifter: the policy that holds, how they felt, what they were told, week by week."""
