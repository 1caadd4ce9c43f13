"""The places that keep traces: the spool of a package, MLflow's database, MLflow's server."""
