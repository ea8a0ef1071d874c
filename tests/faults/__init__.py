"""Everything that can go wrong at Telegram's, at every step of an answer: stories and mishaps."""
