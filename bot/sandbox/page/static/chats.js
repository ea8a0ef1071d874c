// The list of chats, and the head of the one that is open.

import { button, make, the } from './nodes.js';
import { key } from './state.js';
import { count, say } from './words.js';

const COLOURS = 7;

/** A coloured circle with an initial; the name stands beside it, so it says nothing to the ear. */
export function avatar(id, name) {
  const letter = [...name.trim()][0]?.toUpperCase() ?? '?';
  return make('span', { class: `avatar colour-${Math.abs(id) % COLOURS}`, 'aria-hidden': 'true' }, letter);
}

export const titleOf = (state, { chat, topic, name }) => {
  if (chat.is_forum) return topic ? name : say('general');
  if (chat.type !== 'private') return chat.title;
  // A person sees the bot; whose chat it is matters only where there are several.
  return isFirst(state, chat) ? state.bot.name : `${state.bot.name} (${chat.title})`;
};

const isFirst = (state, chat) => state.chats.values().next().value?.id === chat.id;

/** Draws the list. A button stays the same node while its place is there, so that a press reaches it. */
export function drawChats(state, go) {
  const list = the('chat-list');
  const places = state.places.map((place) => ({ ...place, id: key(place.chat.id, place.topic) }));
  const ids = places.map(({ id }) => id).join(' ');
  if (list.dataset.places !== ids) {
    list.dataset.places = ids;
    list.replaceChildren(...places.flatMap((place) => items(place, go)));
  }
  for (const place of places) fill(list.querySelector(`[data-place="${place.id}"]`), state, place);
}

function items({ id, chat, topic }, go) {
  const entry = button('', () => go(id), { 'data-place': id });
  if (!chat.is_forum) return [make('li', {}, entry)];
  const forum = make('li', { class: 'forum' }, avatar(chat.id, chat.title), make('span', {}, chat.title));
  return [topic === 0 ? forum : [], make('li', { class: 'topic' }, entry)].flat();
}

function fill(entry, state, place) {
  const { id, chat } = place;
  const title = titleOf(state, place);
  const unread = state.unread.get(id);
  const badge = unread && make('span', { class: 'badge' }, String(unread), make('span', { class: 'unseen' }, ` ${count('unread', unread)}`));
  const picture = chat.is_forum ? make('span', { class: 'hash', 'aria-hidden': 'true' }, '#') : avatar(chat.id, title);
  const last = make('span', { class: 'last' }, lastLine(state, id, chat));
  if (id === state.place) entry.setAttribute('aria-current', 'true');
  else entry.removeAttribute('aria-current');
  entry.replaceChildren(picture, make('span', { class: 'lines' }, make('span', { class: 'title' }, title), last), ...(badge ? [badge] : []));
}

function lastLine(state, place, chat) {
  if (state.isTyping(place, Date.now())) return say('typing');
  const last = state.messagesAt(place).filter((message) => !message.is_service).at(-1);
  if (!last) return chat.type === 'private' ? say('nothing-yet') : '';
  const text = last.text.replace(/\s+/g, ' ').slice(0, 80) || say('a-file');
  const isOwn = chat.type === 'private';
  return isOwn || !last.sender ? text : `${last.sender.name}: ${text}`;
}

export function drawHead(state) {
  const place = state.places.find(({ chat, topic }) => key(chat.id, topic) === state.place);
  if (!place) return;
  const title = titleOf(state, place);
  the('heading').textContent = place.chat.is_forum ? `${place.chat.title} › ${title}` : title;
  the('picture').replaceWith(Object.assign(avatar(place.chat.id, place.chat.is_forum ? place.chat.title : title), { id: 'picture' }));
  the('doing').textContent = doing(state, place);
  the('doing').classList.toggle('typing', state.isTyping(state.place, Date.now()));
  the('new-topic').hidden = !place.chat.is_forum;
}

function doing(state, { chat }) {
  const isTyping = state.isTyping(state.place, Date.now());
  if (chat.type === 'private') return say(isTyping ? 'typing' : 'bot');
  if (isTyping) return say('who-types', { name: state.bot.name });
  return [...chat.people.map(({ name }) => name), state.bot.name].join(', ');
}
