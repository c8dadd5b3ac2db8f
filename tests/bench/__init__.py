"""Benchmarks. They print ratios measured in one run; nothing here is a test, and no test is timed."""
