"""The whole cloud on one machine: set-up, the embedded AWS, deployment to it, demo data, the command line."""
