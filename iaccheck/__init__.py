"""iaccheck: which audit events a Terraform plan causes in Secrets Manager, and whether a tracker receives each one."""

__version__ = "0.1.0"
