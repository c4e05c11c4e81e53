"""What is said: the screens, the words of every SMS, and the notation they are written in."""
