"""What people see: the terminal, notebooks, reports."""
