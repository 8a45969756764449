"""Benchmarks: each bar of the product, measured side by side with its baseline."""
