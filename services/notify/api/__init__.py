"""HTTP in: alerts, sends, pages and grants. Handlers are thin; acts are the desk's."""
