# What people read who run the bot: on the console, in the log, in the sandbox.

## On the console

cli-description = A Telegram chatbot on g4f: one reply grows while the answer is being written. Settings are read from the environment and from .env; see .env.example.
cli-version = print the version and exit
cli-help = show this help and exit
cli-run = run the bot by long polling (the default)
cli-ask = ask one question and print the answer while it comes
cli-ask-question = the question; several words need no quotes
cli-sandbox = chat with the whole bot on a page in your browser: no token, no network, no account
cli-group = begin in a group, where the bot answers only when addressed
cli-language = the language of your Telegram app, in which the bot speaks to you (default: the browser's; in the terminal en)
cli-port = where the page is served on this machine (default 8642, or any that is free)
cli-port-wrong = write the number of a port, from 1 to 65535
cli-no-browser = print the address of the page, and open no browser
cli-terminal = chat here in the terminal instead; lines can be piped in
cli-pace = words per second of the rehearsal model (default { $default }; 0: all at once)
cli-pace-wrong = write a number of words per second, 0 or more
cli-ask-empty = the question is empty
cli-model = the model to ask, instead of G4F_MODEL
cli-provider = the provider to ask, instead of G4F_PROVIDER; several are tried in order

console-whole = ── the whole answer ──
console-so-far = ── what had come ──
console-stopped = Stopped.
console-unreachable = The model cannot be reached ({ $detail }). Check the network, and G4F_BASE_URL and G4F_PROXY if they are set.
console-refused = The provider did not answer the question ({ $detail }). Try again, or check what it serves: G4F_MODEL, G4F_PROVIDER or G4F_BASE_URL.
console-rate-limited = The provider has had too many requests ({ $detail }). Wait a little, or try another G4F_PROVIDER.
console-needs-auth = The provider wants a login or a key ({ $detail }). Set G4F_API_KEY, or try another G4F_PROVIDER.
console-broke-off = The answer broke off ({ $detail }); what had come was printed. Ask again to get it whole.
console-stalled = The provider fell silent in the midst of the answer ({ $detail }); what had come was printed. Ask again, or raise CHUNK_TIMEOUT.
console-endless = The model did not stop writing, and was ended ({ $detail }); what had come was printed. Ask for something shorter, or set another G4F_MODEL.
console-timed-out = The provider has stopped answering ({ $detail }). Try again, or raise FIRST_CHUNK_TIMEOUT and CHUNK_TIMEOUT.
console-empty = The provider gave no answer ({ $detail }). Try again, or another G4F_PROVIDER or G4F_MODEL.
console-too-long = The question is larger than the model takes ({ $detail }). Shorten it, or set G4F_MODEL to a model that takes more.
console-misconfigured = g4f cannot ask this model of this provider ({ $detail }). Check G4F_MODEL and G4F_PROVIDER.

run-polling = @{ $username } is running. Stop it with Ctrl+C.
run-stopping = Stopping: answers that are growing end here. A second Ctrl+C stops at once.
run-waiting = Telegram cannot be reached; trying again in { $seconds } s. If it stays so, check the network, TELEGRAM_API_URL and TELEGRAM_PROXY.
run-reached = Telegram is reached
run-token-rejected = Telegram does not accept TELEGRAM_BOT_TOKEN. Copy it anew from @BotFather (/mybots → your bot → API Token).
run-not-a-bot-api = What answers at TELEGRAM_API_URL is no Bot API server, or it does not accept TELEGRAM_BOT_TOKEN. Check both; @BotFather shows the token (/mybots → your bot → API Token).
run-database = The database cannot be used ({ $reason }). Check DATABASE_URL, or DATA_DIR if that is not set: the server must be reachable, or the folder writable and the file a database of this bot.
run-database-too-new = The database was written by a newer version of this bot. Update the bot, or name another database in DATABASE_URL.
run-database-claimed = Another process of this bot works with the same database. Stop it, or give this one another DATA_DIR (or DATABASE_URL): two would finish each other's answers.
run-conflict = Another process polls with the same TELEGRAM_BOT_TOKEN (409 Conflict). Stop it: each message reaches only one of the two.

## Settings

settings-problems =
    { $count ->
        [one] There is a problem with a setting:
       *[other] There are problems with { $count } settings:
    }
setting-token-missing = { $variable } is not set. Write to @BotFather in Telegram, send /newbot, and put the token it gives you into .env or the environment.
setting-token = { $variable } is not a bot token. A token is a number, a colon and about 35 letters, digits, "-" and "_"; @BotFather shows yours (/mybots → your bot → API Token).
setting-url = { $variable } is not a web address. Write it as https://host or http://host:port/path, without ? and #.
setting-proxy = { $variable } is not a proxy address. Write it as http://host:port or socks5://user:password@host:port.
setting-key = { $variable } holds characters that no key has. Copy the key anew.
setting-number = { $variable } is not a number of seconds. Write a number above 0 and at most 3600, such as 60.
setting-characters = { $variable } is not a number of characters. Write a whole number from 0 to 10000000, such as 60000.
setting-ids = { $variable }: { $values } cannot be an id of Telegram's; names can change hands, so they are none. Write numbers, separated by spaces or commas, such as 123456789 or, for a group, -1001234567890. Whoever may not ask yet is told these ids by the bot.
setting-ids-of-groups = { $variable }: { $values } is the id of a group; those of people are above 0. Put it into ALLOWED_CHATS.
setting-count = { $variable } is not a number that it can be. Write a whole number from { $least } to { $most }.
setting-database = { $variable } is not the address of a database that can be used. Write it as postgresql://user:password@host/name or sqlite:////folder/file, or leave it empty.
setting-driver = { $variable } needs the package { $driver }. Install it: pip install { $driver }
setting-choice = { $variable } is not set to one of its values. Write { $expected }.
setting-model = { $variable } names no model. Write a model's name, such as gpt-4.
setting-folder = { $variable }: { $path } cannot be written to ({ $reason }). Name a folder that the bot may write to.
setting-endpoint = { $variable } is set together with G4F_PROVIDER, but only one of them can answer. Remove one.
setting-key-holder = { $variable } is set, but it is not clear whom it is for. Set G4F_BASE_URL, or exactly one G4F_PROVIDER: a key is never shown to several.
setting-provider = { $variable }: g4f knows no provider called { $name }. { $suggestions ->
        [none] Leave it empty to let g4f choose.
       *[other] Perhaps { $suggestions }?
    }
setting-env-file = The file .env cannot be read ({ $reason }). It must be a text file in UTF-8 that the bot may read.

## The sandbox in the terminal

sandbox-welcome =
    This is the whole bot, talking to a local stand-in for Telegram.
    { $model }
    Write a message and press Enter. Ctrl+D ends. At the beginning of a line,
    ">" replies to the last answer, "=" edits your last message, and "!1" presses the first
    button below the last answer: while it grows, that stops it.
sandbox-page =
    The whole bot, talking to a local stand-in for Telegram, is at { $url }
    { $model }
    Open the address in a browser on this machine. Ctrl+C ends.
sandbox-port-taken = Port { $port } cannot be used: something else listens there. Name another --port, or none.
sandbox-rehearsal =
    Answers come from a rehearsal model, which is no AI. Try "say Hello there!",
    "markdown" or "long 9000"; anything else shows all that it knows.
sandbox-no-button = There is no such button.
sandbox-real = Answers come from { $model }, through g4f.
sandbox-group = You are in a group: the bot answers to @{ $username }, to /ask, and to replies.
sandbox-you = You
sandbox-typing = typing…
sandbox-deleted = (a message was deleted)
