// Makes DOM nodes. Texts become text nodes: nothing here, or anywhere on the page, makes HTML of one.

/** Makes an element; `on…` are listeners, `true` and `false` switch an attribute on and off. */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** Finds the element with this id. */
export const the = (id) => document.getElementById(id);

/** Makes a button that does something. */
export const button = (label, act, attributes = {}) =>
  make('button', { type: 'button', onclick: act, ...attributes }, label);
