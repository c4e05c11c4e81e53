"""What is true: the tables, and what a cooperative does with them."""
