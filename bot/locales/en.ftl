# What people read in English.

## In the chat

start = Hello{ $name ->
        [none] {""}
       *[other] , { $name }
    }! I pass your messages on to an AI model and show its answer here while it is being written.

    Just write to me. To ask about a message, reply to it. /help tells more.

help =
    Write me a question, and I answer while you watch: one message grows until the answer is complete.

    • Reply to a message to ask about it; mark a part of it to ask about just that.
    • I remember what we said in this chat, until I am restarted.
    • In a group I answer only when I am addressed: by @{ $username }, by a reply to one of my messages, or by /ask and the question.
    • I read text. I cannot see pictures, voice or files yet.

group-greeting =
    Hello! I answer questions with an AI model, and only when I am addressed:

    • /ask and your question
    • a reply to one of my messages
    • @{ $username } and your question

group-greeting-privacy =
    { group-greeting }

    If I do not react to @{ $username }, Telegram may be keeping plain mentions from me (privacy mode). Make me an administrator here, or switch the mode off at @BotFather (/setprivacy → Disable) and add me to the group again.

hint = Ask me something: put your question next to my name or after /ask. As a reply to a message, my name alone asks about that message.

hint-private = Write your question after /ask, or just write it.

only-text = I read only text so far. Tell me in words, and I will answer.

unknown-command = I don't know this command. /help tells what I can do.

command-ask = Ask a question
command-help = What I can do and how

## Below an answer, or in its place

answer-unreachable = ⚠️ The AI model cannot be reached right now. Please try again in a minute.
answer-refused = ⚠️ The AI model refused to answer. Please try again, or put the question differently.
answer-rate-limited = ⚠️ The AI model is too busy right now. Please try again in a few minutes.
answer-needs-auth = ⚠️ The AI model wants a login or a key that I do not have. Please tell whoever runs this bot.
answer-broke-off = ⚠️ The answer broke off here. Ask again to get it whole.
answer-timed-out = ⚠️ The AI model has stopped answering. Please ask again.
answer-empty = ⚠️ The AI model gave no answer. Please ask again, perhaps in other words.
answer-too-long = ⚠️ The question is larger than the AI model takes. Please shorten it, or choose another model with /model.
answer-misconfigured = ⚠️ The AI model is not set up correctly. Please tell whoever runs this bot.
answer-bug = ⚠️ Something went wrong inside me. Please ask again.
answer-interrupted = ⚠️ I am being restarted, so the answer ends here. Please ask again in a minute.

## On the console

cli-description = A Telegram chatbot on g4f: one reply grows while the answer is being written. Settings are read from the environment and from .env; see .env.example.
cli-version = print the version and exit
cli-help = show this help and exit
cli-run = run the bot by long polling (the default)
cli-ask = ask one question and print the answer while it comes
cli-ask-question = the question; several words need no quotes
cli-sandbox = chat with the whole bot here in the terminal: no token, no network, no account
cli-group = chat in a group, where the bot answers only when addressed
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
    Write a message and press Enter; ">" before it replies to the last answer. Ctrl+D ends.
sandbox-rehearsal =
    Answers come from a rehearsal model, which is no AI. Try "say Hello there!",
    "markdown" or "long 9000"; anything else shows all that it knows.
sandbox-real = Answers come from { $model }, through g4f.
sandbox-group = You are in a group: the bot answers to @{ $username }, to /ask, and to replies.
sandbox-you = You
sandbox-typing = typing…
sandbox-deleted = (a message was deleted)
