// The side panel: the model and its pace, the lag, what can go wrong, and every call.

import { button, make, the } from './nodes.js';
import { Plot } from './plot.js';
import { decimal, say } from './words.js';

const PACES = [3, 10, 30, 100, 0];
const SWITCHES = ['flood', 'lost', 'gateway', 'slow', 'gone', 'breaks'];
const OF_A_CHAT = new Set(['flood', 'lost', 'gateway']);
const MOST = 200;

/** Tells whether the panel lies over the conversation, for want of room beside it. */
const isOver = () => matchMedia('(max-width: 1179px)').matches;

export class Panel {
  /** `does` is what a person can do: turn(switch, on), setPace, removeReply. */
  constructor(state, does) {
    this.state = state;
    this.does = does;
    this.plot = new Plot();
    this.faults = new Map();
    the('polls').addEventListener('change', () => the('calls').classList.toggle('polls', the('polls').checked));
    the('pace').addEventListener('change', () => does.setPace(Number(the('pace').value)));
    the('hide-panel').addEventListener('click', () => this.close());
    the('show-panel').addEventListener('click', () => {
      this.open(!this.isOpen);
      if (this.isOpen && isOver()) the('hide-panel').focus();
    });
    the('panel').addEventListener('keydown', (event) => event.key === 'Escape' && isOver() && this.close());
    this.open(!isOver());
  }

  get isOpen() {
    return the('app').hasAttribute('data-panel');
  }

  close() {
    this.open(false);
    the('show-panel').focus();
  }

  open(isOpen) {
    the('app').toggleAttribute('data-panel', isOpen);
    the('show-panel').setAttribute('aria-expanded', String(isOpen));
    the('panel').inert = !isOpen;
  }

  draw() {
    const isRehearsal = this.state.pace !== null;
    the('model-text').textContent = isRehearsal ? say('model-rehearsal') : say('model-real', { name: this.state.model });
    the('answering').textContent = isRehearsal ? say('answering-rehearsal') : say('answering-real', { name: this.state.model });
    the('pace-label').hidden = !isRehearsal;
    the('plot').hidden = !isRehearsal;
    if (isRehearsal) this.drawPace();
    if (isRehearsal) this.plot.draw(performance.now() / 1000);
    else the('lag-text').textContent = say('lag-unknown');
    this.makeSwitches();
    this.drawSwitches();
    the('calls').replaceChildren();
    this.newest = -1;
    [...this.state.calls.values()].forEach((call) => this.show(call));
  }

  drawPace() {
    const paces = [...new Set([...PACES, this.state.pace])].sort((a, b) => (a || Infinity) - (b || Infinity));
    const options = paces.map((pace) =>
      make('option', { value: pace, selected: pace === this.state.pace }, pace ? say('words-a-second', { number: decimal(pace, pace % 1 ? 1 : 0) }) : say('at-once')));
    the('pace').replaceChildren(...options);
  }

  drawSwitches() {
    const here = this.state.switches.chats[this.state.chat?.id] ?? {};
    const on = { ...this.state.switches, ...here, flood: here.flood > 0 };
    for (const [name, { act, state }] of this.faults) {
      act.setAttribute('aria-pressed', String(on[name] === true));
      const isFlood = name === 'flood' && on.flood;
      state.textContent = isFlood ? say('fault-seconds', { number: Math.ceil(here.flood) }) : say(on[name] === true ? 'on' : 'off');
    }
  }

  /** Makes the switches, which stay the same nodes so that a press reaches them. */
  makeSwitches() {
    this.faults = new Map();
    const shown = SWITCHES.filter((name) => name !== 'breaks' || this.state.pace !== null);
    the('faults').replaceChildren(...shown.map((name) => this.explained(name, this.switchOf(name))));
    the('fault-help').textContent = say('faults-text');
  }

  switchOf(name) {
    if (name === 'gone') return button(say('fault-gone'), () => this.does.removeReply(), { class: 'switch' });
    const state = make('span', { class: 'state' });
    const turn = () => this.does.turn(name, OF_A_CHAT.has(name) ? this.state.chat.id : null, act.getAttribute('aria-pressed') !== 'true');
    const act = button([make('span', {}, say(`fault-${name}`)), state], turn, { class: 'switch' });
    this.faults.set(name, { act, state });
    return act;
  }

  /** Says what a switch does: to the ear as its description, to the eye while it is pointed at. */
  explained(name, act) {
    const text = say(`fault-${name}-text`);
    act.setAttribute('aria-description', text);
    const tell = (what) => () => (the('fault-help').textContent = what);
    for (const event of ['pointerenter', 'focus']) act.addEventListener(event, tell(text));
    for (const event of ['pointerleave', 'blur']) act.addEventListener(event, tell(say('faults-text')));
    return make('li', {}, act);
  }

  /** Shows a call that has come or ended; the newest stands first. */
  show(call) {
    const row = this.row(call);
    const old = the(`call-${call.number}`);
    if (old) old.replaceWith(row);
    else if (call.number > this.newest) {
      the('calls').prepend(row);
      this.newest = call.number;
    }
    while (the('calls').children.length > MOST) the('calls').lastElementChild.remove();
  }

  row(call) {
    const { method, ok } = call;
    const facts = [this.chatName(call.chat), call.characters === null ? '' : say('characters', { number: call.characters })];
    const status = !call.is_over ? 'waits' : ok === false ? 'bad' : 'good';
    return make(
      'tr',
      { id: `call-${call.number}`, class: `${status} ${method === 'getUpdates' ? 'poll' : ''}` },
      make('td', {}, make('b', {}, method), make('small', {}, facts.filter(Boolean).join(' · '))),
      make('td', {}, this.result(call)),
      make('td', {}, call.left === null ? '' : String(call.left)),
      make('td', {}, call.ms === null ? '' : String(call.ms)),
    );
  }

  result({ is_over: isOver, ok, code, description }) {
    if (!isOver) return '…';
    if (ok === null) return say('call-dropped');
    if (ok) return description ? say('call-lost') : 'ok';
    return [make('b', {}, code ? String(code) : '✕'), make('small', {}, description ?? '')];
  }

  chatName(id) {
    const chat = this.state.chats.get(id);
    if (!chat) return '';
    return chat.type === 'private' ? say('private') : chat.title;
  }

  setLag(seconds) {
    if (this.state.pace !== null) this.plot.add(seconds, performance.now() / 1000);
  }
}
