# What people read in the chat, in English.

start = Hello{ $name ->
        [none] {""}
       *[other] , { $name }
    }! I pass your messages on to an AI model and show its answer here while it is being written.

    Just write to me. To ask about a message, reply to it. /help tells more.

help =
    Write me a question, and I answer while you watch: one message grows until the answer is complete.

    • ⏹ below it (or /stop) ends it with what has come; 🔁 asks once more; ▶️ goes on where it ended.
    • Edit your last question, and its answer is written anew.
    • Reply to a message to ask about it; mark a part of it to ask about just that. Messages that you forward to me belong to the question that follows.
    • You can ask on while I answer: 👀 means that your question waits its turn.
    • I remember what we say here until you send /new.
    • I read text. I cannot see pictures, voice or files yet.

    /new – forget this conversation
    /model – choose the AI model
    /prompt – tell the model how to answer here
    /history – get this conversation as a file
    /privacy – what I store
    /forget_me – erase all that I store of you

help-group =
    Ask me, and I answer while you watch: one message grows until the answer is complete. I answer only when I am addressed: by @{ $username }, by a reply to one of my messages, or by /ask and the question.

    • ⏹ below an answer (or /stop) ends it with what has come; 🔁 asks once more; ▶️ goes on where it ended. They are for whoever asked; ⏹ is for administrators, too.
    • Edit your last question, and its answer is written anew.
    • I remember what I was asked here, each topic by itself, and who asked.

    /history@{ $username } – get this conversation as a file
    /privacy@{ $username } – what I store
    /forget_me@{ $username } – erase all that I store of you

    For administrators:
    /new@{ $username } – forget this conversation
    /model@{ $username } – choose the AI model
    /prompt@{ $username } – tell the model how to answer here

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
passed-on = Noted. What would you like to know about it?
too-many-waiting = { $count ->
        [one] One of your questions waits here already.
       *[other] { $count } of your questions wait here already.
    } Please ask this one again when they are answered.
too-late = I was away for more than an hour and have just come back. Do you still want to know? Then please ask once more.
given-up = I was interrupted several times before this was done, and have left it. Please try once more.
answers-used-up = You have had as many answers as I may give one person in an hour. You can ask again { $minutes ->
        [one] in a minute.
       *[other] in { $minutes } minutes.
    }
crowded = Too many people are asking me at once. Please ask this again in a few minutes.
stranger = I answer only people whom whoever runs me has let in. If you should be one of them, send them your id: { $id }
stranger-group = I answer only people and groups whom whoever runs me has let in. To be one of them, send them your id, { $id }, or that of this group, { $chat }.
stranger-chat = I answer only in groups that whoever runs me has let in. If this should be one of them, send them its id: { $chat }
bug = ⚠️ Something went wrong inside me (bug { $id }). Please try again. If it stays so, send this number to whoever runs me.
only-administrators = Only administrators of this group can do that.
memory-fails = ⚠️ My memory does not work right now. Please try again in a minute.

## Commands

command-ask = Ask a question
command-stop = End the answer that is being written
command-new = Forget this conversation
command-model = Choose the AI model
command-prompt = Tell the model how to answer here
command-history = Get this conversation as a file
command-privacy = What I store
command-forget_me = Erase all that I store of you
command-help = What I can do and how

stop-nothing = I am not writing anything here.
stop-not-yours = Only whoever asked, or an administrator of the group, can stop this answer.

forgotten = { $count ->
        [0] There was nothing to forget. We start afresh.
        [one] Forgotten: one question and its answer. We start afresh.
       *[other] Forgotten: { $count } questions and their answers. We start afresh.
    }

models-all = { $model } answers here. Choose another model below, or search: /model and a part of its name.
models-found = { $model } answers here. { $count ->
        [one] One model matches
       *[other] { $count } models match
    } “{ $query }”:
models-none = { $model } answers here. No model matches “{ $query }”.
models-unknown = ⚠️ I cannot get the list of models right now. Please try again in a minute.
model-chosen = From now on { $model } answers here.

prompt-default = The model gets no instructions of your own here. To give it some, write them after /prompt, such as: /prompt Answer briefly, in simple words.
prompt-own = These are your instructions to the model here. Write others after /prompt to change them.

    { $prompt }
prompt-set = From now on the model is told this before every conversation here.
prompt-too-long = Instructions can have up to { $count } characters. Nothing was changed; please shorten them.
prompt-reset = Your instructions to the model are gone; it answers as it is set up for all.

history-title = Conversation
history-question = Question
history-answer = Answer
history-empty = There is nothing to hand over: we have not talked here since the last /new.

privacy =
    What I store, on the computer of whoever runs me:

    • your questions here, with what you replied to or forwarded, and the answers;
    • your Telegram id, in groups also your name, and the ids of the messages;
    • the model and the instructions chosen here.

    Every message that reaches me is stored until I have dealt with it, mostly for less than a second.

    I need it to go on with a conversation. The question, and what was said before it, goes to the AI model's provider, who reads it. My log holds no texts. Nothing goes to anybody else; in a group, any member can ask for its conversation.

    /history hands the conversation over, /new erases it, /forget_me erases everything that I store of you, in all chats. (What others have asked about your messages is theirs.)

forget-me-sure = Shall I erase all your questions and my answers to them, here and in every group, and what you have chosen in our private chat? This cannot be undone. (Messages in Telegram stay; delete them there.)
forget-me-own-name = You write in the name of a chat here. To erase what I store of you, send /forget_me in your own name.
forget-me-done = { $count ->
        [0] Erased. There were no questions of yours.
        [one] Erased: one question of yours and its answer.
       *[other] Erased: { $count } questions of yours and their answers.
    } I store nothing of you now, until you ask again.
forget-me-kept = Nothing was erased.

## Buttons, and what a press is answered

button-stop = ⏹ Stop
button-again = 🔁 Again
button-continue = ▶️ Continue
button-default-model = ↩ The default model
button-default-prompt = ↩ Remove the instructions
button-erase = Erase everything
button-keep = Keep it

press-over = This answer is not being written any more.
press-not-yours = This is for whoever asked.
press-not-last = This works for whoever asked, below their latest answer.
press-busy = I am still at work on your question.
press-crowded = I am writing as many answers as I can right now. Please try again in a minute.
press-stranger = I answer only people whom whoever runs me has let in. Your id is { $id }.
press-old = This button is too old to work.

## Below an answer, or in its place

answer-unreachable = ⚠️ The AI model cannot be reached right now. Please try again in a minute.
answer-refused = ⚠️ The AI model refused to answer. Please try again, or put the question differently.
answer-rate-limited = ⚠️ The AI model is too busy right now. Please try again in a few minutes.
answer-needs-auth = ⚠️ The AI model wants a login or a key that I do not have. Please tell whoever runs this bot.
answer-broke-off = ⚠️ The answer broke off here. ▶️ goes on, 🔁 asks once more.
answer-stalled = ⚠️ The AI model fell silent here. ▶️ goes on, 🔁 asks once more.
answer-timed-out = ⚠️ The AI model did not answer in time. 🔁 asks once more.
answer-endless = ⚠️ The AI model did not stop writing, so I ended its answer. 🔁 asks once more; asking for something shorter may help.
answer-empty = ⚠️ The AI model gave no answer. Please try again, perhaps in other words.
answer-misconfigured = ⚠️ The AI model is not set up correctly. Please tell whoever runs this bot.
answer-too-long = ⚠️ The question is larger than the AI model takes. Please shorten it, or choose another model with /model.
answer-own-model = ⚠️ The model chosen here, { $model }, did not answer. Please try again, or choose another one with /model.
answer-interrupted = ⚠️ I am being restarted, so the answer ends here. The buttons below work again in a minute.
answer-mended = ⚠️ I was restarted in the middle of this answer. To have it whole, press a button below.
answer-stopped = ⏹ Stopped.
answer-not-remembered = ⚠️ My memory does not work right now: I may not know what was said here before, and will not remember this.
answer-goes-on = 📄 The answer is too long to show more of it here. It is still being written; then all of it comes as a file.
answer-in-file = 📄 The answer is too long to show more of it here. All of it is in the file below.

## Said to the model

ask-to-continue = Your answer broke off. Go on exactly where it ended, without repeating anything and without an introduction.
