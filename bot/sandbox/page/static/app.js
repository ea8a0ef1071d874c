// The page: puts its parts together, and lets what happens on the server happen here.

import { drawChats, drawHead } from './chats.js';
import { Composer } from './composer.js';
import { Messages } from './messages.js';
import { make, the } from './nodes.js';
import { Panel } from './panel.js';
import { act, listen, sendFile } from './server.js';
import { State, key } from './state.js';
import { preferred, say, speak } from './words.js';

const TOAST = 3500;
const state = new State();
const pressed = new Map();
let language = null;
let wanted = null;
let messages;
let composer;
let panel;

/** Does something on the server; what went wrong is told, and false returned. */
async function tried(deed) {
  try {
    return (await deed()) ?? true;
  } catch (error) {
    toast(say(error.message));
    return false;
  }
}

const here = (more) => ({ chat: state.chat.id, by: state.writer.id, ...more });
const placed = (replyTo) => here({ topic: state.topic || null, reply_to: replyTo?.id ?? null });

const does = {
  say: (text, replyTo) => tried(() => act('say', { ...placed(replyTo), text })),
  edit: (message, text) => tried(() => act('edit', { chat: message.chat, message: message.id, text })),
  remove: (message) => tried(() => act('delete', { chat: message.chat, message: message.id })),
  send: (file, caption, replyTo) => tried(async () => sendFile(file, { ...placed(replyTo), caption, ...(await dimensions(file)) })),
  menu: async () => (await tried(() => act('menu', here({})))).commands ?? [],
  command: (text) => does.say(text, null),
  mention: (text) => composer.write(`${text} `),
  turn: (name, chat, on) => tried(() => act('switch', { switch: name, chat, on })),
  setPace: (pace) => tried(() => act('pace', { pace })),
  async press(message, data, node) {
    node.setAttribute('aria-busy', 'true');
    const { query } = await tried(() => act('press', here({ message: message.id, data })));
    if (!query || pressed.delete(query)) node.removeAttribute('aria-busy');
    else pressed.set(query, node);
  },
  removeReply() {
    const reply = state.messages.filter(({ sender, is_service: isService }) => sender?.id === state.bot.id && !isService).at(-1);
    return reply ? does.remove(reply) : toast(say('fault-gone-none'));
  },
};

async function dimensions(file) {
  if (!file.type.startsWith('image/')) return {};
  try {
    const picture = await createImageBitmap(file);
    return { width: picture.width, height: picture.height };
  } catch {
    return {};
  }
}

/** Goes to a place as soon as it is known. */
function goTo(place) {
  wanted = state.places.some(({ chat, topic }) => key(chat.id, topic) === place) ? null : place;
  if (!wanted) go(place);
}

function go(place, isChosen = true) {
  composer.leave();
  if (!state.go(place)) return;
  the('app').dataset.view = isChosen ? 'chat' : the('app').dataset.view;
  if (location.hash !== `#${place}`) history.pushState(null, '', `#${place}`);
  messages.draw();
  composer.enter();
  drawChats(state, go);
  drawHead(state);
  panel.drawSwitches();
  if (isChosen && matchMedia('(hover: hover)').matches) the('text').focus();
}

const take = {
  async snapshot(event) {
    the('lost').hidden = true;
    state.load(event);
    await setLanguage(event.language ?? preferred(), event.language === null);
    const likely = [location.hash.slice(1), state.place, key(state.start, 0)];
    const place = likely.find((one) => state.places.some(({ chat, topic }) => key(chat.id, topic) === one));
    panel.draw();
    go(place);
    the('app').dataset.ready = 'true';
  },
  shown({ message }) {
    const isNew = state.put(message);
    messages.show(message, isNew);
    drawLists();
  },
  changed({ message }) {
    state.put(message);
    messages.show(message, false);
    drawLists();
  },
  deleted({ chat, message }) {
    state.remove(chat, message);
    messages.remove(chat, message);
    composer.forget(message);
    drawLists();
  },
  acting({ chat, topic }) {
    state.act(chat, topic, Date.now());
    drawLists();
    setTimeout(drawLists, 5600);
  },
  answered({ query, text, is_alert: isAlert }) {
    const node = pressed.get(query);
    if (node) node.removeAttribute('aria-busy');
    if (!pressed.delete(query)) pressed.set(query, null);
    if (text && isAlert) alertOf(text);
    else if (text) toast(text);
  },
  chat({ chat }) {
    state.addChat(chat);
    if (wanted) goTo(wanted);
    drawLists();
  },
  call({ call }) {
    state.calls.set(call.number, call);
    panel.show(call);
  },
  switches({ switches }) {
    state.switches = switches;
    panel.drawSwitches();
  },
  pace({ pace }) {
    state.pace = pace;
    panel.drawPace();
  },
  async language(event) {
    if (event.language === language) return;
    await setLanguage(event.language, false);
    redraw();
  },
  lag({ seconds }) {
    panel.setLag(seconds);
  },
};

function drawLists() {
  drawChats(state, go);
  drawHead(state);
}

function redraw() {
  drawLists();
  messages.draw();
  composer.drawBar();
  composer.drawExamples();
  panel.draw();
}

async function setLanguage(code, isNews) {
  if (code !== language) await speak(code);
  language = code;
  if (isNews) await tried(() => act('language', { language: code }));
}

function toast(text) {
  const note = make('p', {}, text);
  the('toast').replaceChildren(note);
  setTimeout(() => note.remove(), TOAST);
}

function alertOf(text) {
  the('alert-text').textContent = text;
  the('alert').showModal();
}

/** Asks for a name: of a new chat, whose kind is chosen, or of a topic. */
function askName(title, label, kinds, done) {
  the('ask-title').textContent = title;
  the('ask-label').textContent = label;
  the('ask-name').value = '';
  the('ask-kinds').hidden = !kinds.length;
  const radios = kinds.map((kind, index) =>
    make('label', {}, make('input', { type: 'radio', name: 'kind', value: kind, checked: index === 0 }), say(`new-${kind}`)));
  the('ask-kinds').replaceChildren(make('legend', { class: 'unseen' }, say('new-kind')), ...radios);
  the('ask-form').onsubmit = async (event) => {
    event.preventDefault();
    const kind = the('ask-kinds').querySelector(':checked')?.value;
    const result = await tried(() => done(the('ask-name').value.trim(), kind));
    if (result) the('ask').close();
  };
  the('ask').showModal();
  the('ask-name').focus();
}

async function openChat(title, kind) {
  const { chat } = await act('chat', { kind, title });
  goTo(key(chat, 0));
  return true;
}

async function openTopic(title) {
  const { chat, topic } = await act('topic', { chat: state.chat.id, title });
  goTo(key(chat, topic));
  return true;
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  the('theme').value = theme;
  localStorage.setItem('theme', theme);
}

function wire() {
  the('language').addEventListener('change', () => tried(() => act('language', { language: the('language').value })));
  the('theme').addEventListener('change', () => setTheme(the('theme').value));
  the('new-chat').addEventListener('click', () => askName(say('new-chat'), say('new-name'), ['private', 'group', 'forum'], openChat));
  the('new-topic').addEventListener('click', () => askName(say('new-topic'), say('new-name'), [], openTopic));
  the('ask-cancel').addEventListener('click', () => the('ask').close());
  the('alert-close').addEventListener('click', () => the('alert').close());
  the('back').addEventListener('click', () => (the('app').dataset.view = 'list'));
  window.addEventListener('popstate', () => go(location.hash.slice(1)));
  setInterval(() => the('app').dataset.ready && drawHead(state), 1000);
}

setTheme(localStorage.getItem('theme') ?? 'system');
await speak(preferred());
messages = new Messages(state, { ...does, reply: (message) => composer.reply(standing(message)), edit: (message) => composer.edit(standing(message)) });
composer = new Composer(state, { ...does, writeAs });
panel = new Panel(state, does);
wire();
let turn = Promise.resolve();
listen(
  (event) => (turn = turn.then(() => take[event.type](event)).catch((error) => console.error(error))),
  () => (the('lost').hidden = false),
);

/** A message as it stands now, which may have changed since it was drawn. */
function standing(message) {
  return state.find(message.chat, message.id) ?? message;
}

function writeAs(id) {
  state.writers.set(state.chat.id, id);
  messages.draw();
}
