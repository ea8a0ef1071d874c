// Draws a text with its entities as DOM nodes. Offsets are UTF-16 code units, as JavaScript counts.

import { button, make } from './nodes.js';
import { say } from './words.js';

const RANK = ['blockquote', 'expandable_blockquote', 'pre', 'code', 'text_link'];
const STYLES = { bold: 'b', italic: 'i', underline: 'u', strikethrough: 's' };
const BLOCKS = new Set(['blockquote', 'expandable_blockquote', 'pre']);
const LONG_QUOTE = 160;

/**
 * Draws a text. `acts` says what a tap does: `command(text)`, `mention(text)`; `opened` holds which
 * spoilers and quotes were opened before, by number, so that they stay open while a message grows.
 */
export function drawText(text, entities, acts, opened) {
  const numbers = { spoiler: 0, quote: 0 };
  const ordered = entities
    .filter((entity) => entity.length > 0 && entity.offset >= 0)
    .sort((a, b) => a.offset - b.offset || b.length - a.length || rank(a) - rank(b));
  return pieces(text, 0, text.length, ordered, { acts, opened, numbers });
}

const rank = (entity) => (RANK.includes(entity.type) ? RANK.indexOf(entity.type) : RANK.length);

/** Draws a part of the text; entities that do not lie within it are cut off at its end. */
function pieces(text, start, end, entities, drawing) {
  const nodes = [];
  let place = start;
  entities.forEach((entity, index) => {
    const from = Math.max(entity.offset, place);
    const to = Math.min(entity.offset + entity.length, end);
    if (from >= to) return;
    if (from > place) nodes.push(text.slice(place, from));
    const inner = entities.slice(index + 1).filter((other) => other.offset < to);
    nodes.push(styled(entity, text.slice(from, to), pieces(text, from, to, inner, drawing), drawing));
    // A block ends its line by itself.
    place = BLOCKS.has(entity.type) && text[to] === '\n' && to < end ? to + 1 : to;
  });
  if (place < end) nodes.push(text.slice(place, end));
  return nodes;
}

function styled(entity, text, children, drawing) {
  switch (entity.type) {
    case 'bold':
    case 'italic':
    case 'underline':
    case 'strikethrough':
      return make(STYLES[entity.type], {}, children);
    case 'spoiler':
      return spoiler(children, drawing);
    case 'code':
      return make('code', { title: say('copy'), onclick: () => navigator.clipboard.writeText(text) }, children);
    case 'pre':
      return program(entity.language, text, children);
    case 'blockquote':
      return make('blockquote', {}, children);
    case 'expandable_blockquote':
      return foldedQuote(text, children, drawing);
    case 'text_link':
      return link(entity.url, children);
    case 'url':
      return link(/^[a-z]+:/i.test(text) ? text : `http://${text}`, children);
    case 'email':
      return link(`mailto:${text}`, children);
    case 'bot_command':
      return button(children, () => drawing.acts.command(text), { class: 'link' });
    case 'mention':
    case 'text_mention':
      return button(children, () => drawing.acts.mention(text), { class: 'link' });
    case 'hashtag':
    case 'cashtag':
      return make('span', { class: 'tag' }, children);
    default:
      return make('span', {}, children);
  }
}

/** Only addresses of the web and of mail become links; others stand there as text. */
function link(address, children) {
  let url = null;
  try {
    url = new URL(address);
  } catch {
    // It is no address.
  }
  if (!url || !['http:', 'https:', 'mailto:'].includes(url.protocol)) return make('span', {}, children);
  const attributes = { href: url.href, title: address, target: '_blank', rel: 'noopener noreferrer' };
  return make('a', attributes, children);
}

function spoiler(children, { opened, numbers }) {
  const key = `spoiler-${numbers.spoiler++}`;
  const hidden = make('span', { 'aria-hidden': 'true' }, children);
  const node = make('span', { class: 'spoiler', role: 'button', tabindex: '0', 'aria-label': say('spoiler') }, hidden);
  const open = () => {
    opened.add(key);
    node.replaceChildren(...hidden.childNodes);
    for (const name of ['role', 'tabindex', 'aria-label']) node.removeAttribute(name);
    node.classList.add('open');
  };
  if (opened.has(key)) open();
  node.addEventListener('click', open);
  node.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    open();
  });
  return node;
}

function program(language, text, children) {
  const copy = button(say('copy'), async () => {
    await navigator.clipboard.writeText(text);
    copy.textContent = say('copied');
    setTimeout(() => (copy.textContent = say('copy')), 1500);
  });
  const head = make('div', { class: language ? 'program-head' : 'program-head bare' }, language ? make('span', {}, language) : null, copy);
  return make('div', { class: 'program' }, head, make('pre', {}, make('code', {}, children)));
}

function foldedQuote(text, children, { opened, numbers }) {
  const key = `quote-${numbers.quote++}`;
  const quote = make('blockquote', { class: 'folded' }, make('div', { class: 'inside' }, children));
  if (text.length < LONG_QUOTE && text.split('\n').length <= 3) {
    quote.classList.remove('folded');
    return quote;
  }
  const more = button('', () => turn(!opened.has(key)), { class: 'more' });
  const turn = (open) => {
    if (open) opened.add(key);
    else opened.delete(key);
    quote.classList.toggle('folded', !open);
    more.textContent = say(open ? 'fold' : 'unfold');
    more.setAttribute('aria-expanded', String(open));
  };
  turn(opened.has(key));
  quote.append(more);
  return quote;
}
