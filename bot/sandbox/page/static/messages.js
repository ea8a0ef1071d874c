// The conversation: one element per message, changed in its place while the message grows.

import { avatar } from './chats.js';
import { drawText } from './entities.js';
import { button, make, the } from './nodes.js';
import { placeOf } from './state.js';
import { say, size } from './words.js';

const AT_END = 40;
const SETTLED = 2500;

export class Messages {
  /** `does` is what a person can do: reply, edit, remove, press, command, mention. */
  constructor(state, does) {
    this.state = state;
    this.does = does;
    this.opened = new Map();
    this.settling = new Map();
    this.log = the('log');
    this.log.addEventListener('scroll', () => this.showDown());
    this.log.addEventListener('keydown', (event) => this.walk(event));
    the('down').addEventListener('click', () => this.toEnd());
    this.wasAtEnd = true;
    new ResizeObserver(() => this.wasAtEnd && this.toEnd()).observe(this.log);
  }

  /** Draws the place anew. */
  draw() {
    const nodes = [];
    let before = null;
    for (const message of this.state.messages) {
      if (!before || day(before) !== day(message)) nodes.push(this.dateLine(message));
      nodes.push(this.element(message, before));
      before = message;
    }
    this.log.replaceChildren(...(before ? nodes : [this.welcome()]));
    this.toEnd();
  }

  /** Shows a message that has come or changed, if it stands in this place. */
  show(message, isNew) {
    if (placeOf(message) !== this.state.place) return;
    const stays = this.isAtEnd();
    const list = this.state.messages;
    const before = list[list.findIndex(({ id }) => id === message.id) - 1] ?? null;
    const node = this.element(message, before);
    const old = this.node(message.id);
    if (old && !message.is_service) patch(old, node);
    else if (!old) {
      this.log.querySelector('.welcome')?.remove();
      if (!before || day(before) !== day(message)) this.log.append(this.dateLine(message));
      this.log.append(node);
    }
    if (stays || (isNew && this.isOwn(message))) this.toEnd();
    else this.showDown();
    this.requote(message.id);
    if (message.sender?.is_bot && !message.is_service) this.announce(message);
  }

  remove(chat, id) {
    if (chat !== this.state.chat?.id) return;
    this.node(id)?.remove();
    this.requote(id);
    if (!this.state.messages.length) this.draw();
  }

  /** Draws anew what quotes a message that has changed, or is gone. */
  requote(id) {
    for (const message of this.state.messages) {
      if (message.reply?.message !== id) continue;
      this.node(message.id)?.querySelector('.quoted')?.replaceWith(this.quoted(message));
    }
  }

  node(id) {
    return the(`m-${id}`);
  }

  isOwn(message) {
    return message.sender?.id === this.state.writer?.id;
  }

  element(message, before) {
    if (message.is_service) return make('p', { class: 'service', id: `m-${message.id}` }, service(message));
    const own = this.isOwn(message);
    const inGroup = this.state.chat.type !== 'private';
    const follows = before && !before.is_service && before.sender?.id === message.sender?.id && day(before) === day(message);
    const name = message.sender?.name ?? '';
    const classes = ['message', own ? 'own' : 'other', follows ? 'follows' : '', inGroup && !own ? 'with-avatar' : ''];
    const heading = inGroup && !own && !follows ? make('p', { class: `name ink-${Math.abs(message.sender?.id ?? 0) % 7}` }, name) : null;
    const bubble = make('div', { class: 'bubble' }, heading, this.quoted(message), this.attached(message), this.text(message), this.meta(message));
    bubble.addEventListener('click', () => this.choose(message.id));
    return make(
      'article',
      { class: classes.filter(Boolean).join(' '), id: `m-${message.id}`, tabindex: '-1', 'data-keyboard': JSON.stringify(message.keyboard), 'aria-label': say('message-of', { name, time: clock(message) }) },
      inGroup && !own ? avatar(message.sender?.id ?? 0, name) : null,
      make('div', { class: 'column' }, bubble, this.keyboard(message)),
      this.acts(message, own),
    );
  }

  text(message) {
    if (!message.text) return null;
    if (!this.opened.has(message.id)) this.opened.set(message.id, new Set());
    const nodes = drawText(message.text, message.entities, this.does, this.opened.get(message.id));
    return make('div', { class: 'text', dir: 'auto' }, nodes);
  }

  quoted(message) {
    if (!message.reply) return null;
    const answered = this.state.find(message.reply.chat, message.reply.message);
    const text = message.reply.quote ?? answered?.text ?? '';
    const lines = [
      make('b', {}, answered?.sender?.name ?? say('deleted-message')),
      make('span', {}, text.replace(/\s+/g, ' ').slice(0, 120) || (answered ? say('a-file') : '')),
    ];
    return button(lines, () => this.jump(message.reply.message), { class: 'quoted' });
  }

  attached(message) {
    const { attached, kind } = message;
    const address = `/file/${message.chat}/${message.id}`;
    if (kind === 'photo' && attached) {
      return make('img', { class: 'photo', src: address, width: attached.width, height: attached.height, alt: say('photo') });
    }
    if (kind === 'document' && attached) {
      return make(
        'a',
        { class: 'file', href: address, download: attached.name },
        make('span', { class: 'clip', 'aria-hidden': 'true' }, '📄'),
        make('span', { class: 'lines' }, make('b', {}, attached.name), make('small', {}, size(attached.size))),
      );
    }
    return kind === 'text' ? null : make('p', { class: 'file' }, `📎 ${kind}`);
  }

  meta(message) {
    const reaction = message.reaction && make('span', { class: 'reaction', role: 'img', 'aria-label': say('reaction', { emoji: message.reaction }) }, message.reaction);
    const edited = message.edited ? make('span', {}, `${say('edited')} `) : null;
    return make('div', { class: 'meta' }, reaction || null, edited, make('time', {}, clock(message)));
  }

  keyboard(message) {
    if (!message.keyboard.length) return null;
    const rows = message.keyboard.map((row) => make('div', { class: 'row' }, row.map((one) => this.key(message, one))));
    return make('div', { class: 'keyboard' }, rows);
  }

  key(message, { text, callback_data: data, url }) {
    if (url) return make('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, text);
    const node = button(text, () => this.does.press(message, data, node));
    return node;
  }

  acts(message, own) {
    const acts = [button('↩', () => this.does.reply(message), label('reply'))];
    if (own && (message.kind === 'text' || message.text)) {
      acts.push(button('✎', () => this.does.edit(message), label('edit')));
    }
    acts.push(button('🗑', () => this.does.remove(message), label('delete')));
    return make('div', { class: 'acts', role: 'toolbar', 'aria-label': say('acts') }, acts);
  }

  dateLine(message) {
    const date = new Date(message.date * 1000);
    const text = date.toLocaleDateString(document.documentElement.lang, { day: 'numeric', month: 'long' });
    return make('p', { class: 'service date' }, text);
  }

  welcome() {
    const chat = this.state.chat;
    const start = chat?.type === 'private' ? button(say('start'), () => this.does.command('/start'), { class: 'plain strong' }) : null;
    const text = say(chat?.type === 'private' ? 'welcome' : 'welcome-group', { name: this.state.bot.name, username: this.state.bot.username });
    return make('div', { class: 'welcome' }, make('p', {}, text), start);
  }

  /** Lets the acts of a message be seen where nothing hovers. */
  choose(id) {
    for (const node of this.log.querySelectorAll('.chosen')) if (node.id !== `m-${id}`) node.classList.remove('chosen');
    this.node(id)?.classList.toggle('chosen');
  }

  jump(id) {
    const node = this.node(id);
    if (!node) return;
    node.scrollIntoView({ block: 'center' });
    node.focus({ preventScroll: true });
  }

  /** Goes from message to message by the arrow keys. */
  walk(event) {
    const nodes = [...this.log.querySelectorAll('article')];
    const at = nodes.indexOf(document.activeElement);
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || !nodes.length || (at < 0 && document.activeElement !== this.log)) return;
    event.preventDefault();
    const next = at < 0 ? nodes.length - 1 : Math.min(Math.max(at + step, 0), nodes.length - 1);
    nodes[next].focus();
  }

  isAtEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < AT_END;
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.showDown();
  }

  showDown() {
    this.wasAtEnd = this.isAtEnd();
    the('down').hidden = this.wasAtEnd;
  }

  /** Reads a message aloud once it has stood still, not while it grows. */
  announce(message) {
    clearTimeout(this.settling.get(message.id));
    const speak = () => {
      this.settling.delete(message.id);
      const standing = this.state.find(message.chat, message.id);
      if (standing) the('announcer').textContent = `${standing.sender.name}: ${standing.text}`;
    };
    this.settling.set(message.id, setTimeout(speak, SETTLED));
  }
}

/** Changes an element to look like another; buttons that stay are left, so that a press reaches them. */
function patch(old, node) {
  const isFocused = old.querySelector('.bubble')?.contains(document.activeElement);
  node.classList.toggle('chosen', old.classList.contains('chosen'));
  old.className = node.className;
  old.querySelector('.bubble').replaceChildren(...node.querySelector('.bubble').childNodes);
  if (isFocused) old.focus({ preventScroll: true });
  if (old.dataset.keyboard === node.dataset.keyboard) return;
  const hadFocus = old.querySelector('.keyboard')?.contains(document.activeElement);
  old.dataset.keyboard = node.dataset.keyboard;
  old.querySelector('.keyboard')?.remove();
  const keyboard = node.querySelector('.keyboard');
  if (keyboard) old.querySelector('.column').append(keyboard);
  if (hadFocus) (keyboard?.querySelector('button') ?? old).focus({ preventScroll: true });
}

const label = (key) => ({ 'aria-label': say(key), title: say(key) });
const day = (message) => new Date(message.date * 1000).toDateString();
const clock = (message) =>
  new Date(message.date * 1000).toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

function service(message) {
  const name = message.sender?.name ?? '';
  switch (message.kind) {
    case 'new_chat_members':
      return say('service-joined', { name, about: message.about });
    case 'forum_topic_created':
      return say('service-topic', { name, about: message.about });
    default:
      return say('service-other', { kind: message.kind });
  }
}
