"""One file a channel: how a message is sent there, and what its answers mean."""
