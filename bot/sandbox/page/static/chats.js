// The list of chats, and the head of the one that is open.

import { make, the } from './nodes.js';
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
  return chat.type === 'private' && isFirst(state, chat) ? state.bot.name : chat.title;
};

const isFirst = (state, chat) => state.chats.values().next().value?.id === chat.id;

export function drawChats(state, go) {
  const items = [];
  for (const place of state.places) {
    if (place.chat.is_forum && place.topic === 0) {
      items.push(make('li', { class: 'forum' }, avatar(place.chat.id, place.chat.title), make('span', {}, place.chat.title)));
    }
    items.push(make('li', place.chat.is_forum ? { class: 'topic' } : {}, entry(state, place, go)));
  }
  const focused = document.activeElement?.dataset?.place;
  the('chat-list').replaceChildren(...items);
  if (focused) the('chat-list').querySelector(`[data-place="${focused}"]`)?.focus();
}

function entry(state, place, go) {
  const { chat, topic } = place;
  const id = key(chat.id, topic);
  const title = titleOf(state, place);
  const unread = state.unread.get(id);
  const badge = unread && make('span', { class: 'badge' }, String(unread), make('span', { class: 'unseen' }, ` ${count('unread', unread)}`));
  const picture = chat.is_forum ? make('span', { class: 'hash', 'aria-hidden': 'true' }, '#') : avatar(chat.id, title);
  const attributes = {
    type: 'button',
    'data-place': id,
    'aria-current': id === state.place ? 'true' : null,
    onclick: () => go(id),
  };
  return make(
    'button',
    attributes,
    picture,
    make('span', { class: 'lines' }, make('span', { class: 'title' }, title), make('span', { class: 'last' }, lastLine(state, id, chat))),
    badge || null,
  );
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
