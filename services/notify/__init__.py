"""notify: alerts and replies, their approval, pacing, sending and receipts; alone holds the channels' tokens."""
