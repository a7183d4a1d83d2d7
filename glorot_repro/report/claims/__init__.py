"""The paper's claims, each decided by measurements: confirmed, contradicted or not yet run."""
