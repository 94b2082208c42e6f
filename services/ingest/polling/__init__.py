"""What channels do not push is asked for: follower counts, posts, views, names of groups."""
