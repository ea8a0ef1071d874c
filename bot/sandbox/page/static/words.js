// What the page says: one JSON file per language, chosen by the person or the browser.

import { the } from './nodes.js';

export const LANGUAGES = ['en', 'ru'];
let texts = {};
let plural = new Intl.PluralRules('en');

/** Loads a language and puts its texts where the page asks for them (data-text, -label, -hint). */
export async function speak(language) {
  texts = await (await fetch(`/static/${language}.json`)).json();
  plural = new Intl.PluralRules(language);
  document.documentElement.lang = language;
  the('language').value = language;
  for (const node of document.querySelectorAll('[data-text]')) node.textContent = say(node.dataset.text);
  for (const node of document.querySelectorAll('[data-label]')) {
    node.setAttribute('aria-label', say(node.dataset.label));
    if (node.tagName === 'BUTTON') node.title = say(node.dataset.label);
  }
  for (const node of document.querySelectorAll('[data-hint]')) node.placeholder = say(node.dataset.hint);
  document.title = say('title');
}

/** Returns a sentence with its values filled in. */
export function say(key, values = {}) {
  if (!(key in texts)) throw new Error(`no text ${key}`);
  return texts[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''));
}

/** Returns the sentence for a number of things. */
export const count = (key, number) => say(`${key}-${plural.select(number)}`, { number });

/** Writes a number with so many decimals, as the language does. */
export const decimal = (number, digits = 1) =>
  number.toLocaleString(document.documentElement.lang, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });

/** Writes the size of a file. */
export function size(bytes) {
  if (bytes < 1000) return say('bytes', { number: bytes });
  if (bytes < 1e6) return say('kilobytes', { number: decimal(bytes / 1e3) });
  return say('megabytes', { number: decimal(bytes / 1e6) });
}

/** Tells which language the browser asks for. */
export function preferred() {
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return wanted.find((language) => LANGUAGES.includes(language)) ?? LANGUAGES[0];
}
