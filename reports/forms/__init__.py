"""One form per action. What a form cleans is its own; what may happen is `services`' to say."""
