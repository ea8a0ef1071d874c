"""The way from one schema to the next, run at each start."""
