"""Operations of our own, one noun a file: where pyinfra's are missing, slow, or put a file in place unjudged."""
