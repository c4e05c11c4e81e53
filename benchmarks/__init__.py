"""What a press costs, beside a bare Flask view in the same run. Run with `python -m benchmarks`."""
