"""What the proof of the books is made of: one file for each thing that must be true."""
