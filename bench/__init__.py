"""Benchmarks that anybody can run: `make bench`. Ratios are taken within one run; absolutes drift with the machine."""
