// A live plot of the last minute of the lag.

import { decimal, say } from './words.js';
import { the } from './nodes.js';

const SPAN = 60;
const WIDTH = 300;
const HEIGHT = 90;
const NAMESPACE = 'http://www.w3.org/2000/svg';

const draw = (tag, attributes, text = '') => {
  const node = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.textContent = text;
  return node;
};

export class Plot {
  constructor() {
    this.points = [];
    this.line = draw('path', { class: 'line' });
    this.grid = draw('g', { class: 'grid' });
    this.svg = draw('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img' });
    this.svg.append(this.grid, this.line);
    the('plot').replaceChildren(this.svg);
  }

  /** Takes a lag in seconds at a time; null: there is nothing to wait for. */
  add(seconds, now) {
    this.points.push([now, seconds]);
    this.points = this.points.filter(([time]) => now - time <= SPAN);
    this.draw(now);
  }

  draw(now) {
    const known = this.points.map(([, seconds]) => seconds).filter((seconds) => seconds !== null);
    const top = [2, 5, 10, 20, 50, 100].find((limit) => Math.max(0, ...known) <= limit) ?? 200;
    const x = (time) => WIDTH - ((now - time) / SPAN) * WIDTH;
    const y = (seconds) => HEIGHT - 4 - (seconds / top) * (HEIGHT - 16);
    let path = '';
    let isOpen = false;
    for (const [time, seconds] of this.points) {
      if (seconds !== null) path += `${isOpen ? 'L' : 'M'}${x(time).toFixed(1)} ${y(seconds).toFixed(1)}`;
      isOpen = seconds !== null;
    }
    this.line.setAttribute('d', path);
    const lines = [0, top / 2, top].flatMap((seconds) => [
      draw('line', { x1: 0, x2: WIDTH, y1: y(seconds), y2: y(seconds) }),
      draw('text', { x: 2, y: y(seconds) - 3 }, say('seconds', { number: decimal(seconds, top < 5 ? 1 : 0) })),
    ]);
    this.grid.replaceChildren(...lines);
    this.tell(known);
  }

  tell(known) {
    const last = this.points.at(-1)?.[1] ?? null;
    const text = known.length
      ? say(last === null ? 'lag-past' : 'lag-figures', {
          now: decimal(last ?? 0),
          mean: decimal(known.reduce((sum, one) => sum + one, 0) / known.length),
          most: decimal(Math.max(...known)),
        })
      : say('lag-none');
    the('lag-text').textContent = text;
    this.svg.setAttribute('aria-label', text);
  }
}
