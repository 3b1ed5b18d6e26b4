"""The pages that speak of ownership: the quick log and its enquiry, today, a client, the policy."""
