"""The benchmarks: agentc's speed and that of the programs it writes, as ratios within one run."""
