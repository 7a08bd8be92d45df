"""Benchmarks: each figure beside a floor taken alternately in the same run (docs/benchmarks.md)."""
