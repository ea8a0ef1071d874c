// What a person writes: texts, replies, edits, files, commands, and who they write as.

import { button, make, the } from './nodes.js';
import { say, size } from './words.js';

export class Composer {
  /** `does` is what is done with it: say, edit, send, menu, remove. */
  constructor(state, does) {
    this.state = state;
    this.does = does;
    this.drafts = new Map();
    this.commands = [];
    this.clear();
    the('composer').addEventListener('submit', (event) => {
      event.preventDefault();
      this.submit();
    });
    the('text').addEventListener('input', () => this.typed());
    the('text').addEventListener('keydown', (event) => this.pressed(event));
    the('text').addEventListener('paste', (event) => this.takeFile(event.clipboardData?.files, event));
    the('conversation').addEventListener('dragover', (event) => event.preventDefault());
    the('conversation').addEventListener('drop', (event) => {
      event.preventDefault();
      this.takeFile(event.dataTransfer?.files);
    });
    the('attach').addEventListener('click', () => the('file').click());
    the('file').addEventListener('change', () => this.takeFile(the('file').files));
    the('bar-close').addEventListener('click', () => this.cancel());
    the('show-menu').addEventListener('click', () => this.write('/'));
    the('by').addEventListener('change', () => this.does.writeAs(Number(the('by').value)));
    the('show-examples').addEventListener('click', () => this.showExamples(the('examples').hidden));
  }

  clear() {
    Object.assign(this, { replyTo: null, editing: null, file: null });
  }

  /** Keeps what was begun here for when the person comes back. */
  leave() {
    if (this.state.place && !this.editing) this.drafts.set(this.state.place, the('text').value);
  }

  /** Goes to another place: what was begun there comes back, replies and edits do not. */
  enter() {
    this.clear();
    the('text').value = this.drafts.get(this.state.place) ?? '';
    this.drawBar();
    this.drawWriters();
    this.drawExamples();
    this.showExamples(this.state.pace !== null && !this.state.messages.some(({ is_service: isService }) => !isService));
    this.hideMenu();
    this.grow();
    this.drawSend();
  }

  drawWriters() {
    const people = this.state.chat?.people ?? [];
    the('writer').hidden = people.length < 2;
    const chosen = this.state.writer?.id;
    const options = people.map(({ id, name }) => make('option', { value: id, selected: id === chosen }, name));
    the('by').replaceChildren(...options);
  }

  /** Shows what the rehearsal model can be asked; in a group the bot is addressed. */
  drawExamples() {
    const asked = say('examples').split('\n').map((line) => line.split(' — '));
    const items = asked.map(([text, meaning]) =>
      make('li', {}, button(text, () => this.tryExample(text), { class: 'chip', title: meaning }), make('span', {}, meaning)));
    the('examples').replaceChildren(make('h3', {}, say('examples-title')), make('ul', {}, items));
    the('show-examples').hidden = this.state.pace === null;
  }

  tryExample(text) {
    const isPrivate = this.state.chat.type === 'private';
    this.does.say(isPrivate ? text : `@${this.state.bot.username} ${text}`, null);
    this.showExamples(false);
  }

  showExamples(shown) {
    the('examples').hidden = !shown;
    the('show-examples').setAttribute('aria-expanded', String(shown));
  }

  reply(message) {
    this.clear();
    this.replyTo = message;
    this.drawBar();
    the('text').focus();
  }

  edit(message) {
    this.clear();
    this.editing = message;
    the('text').value = message.text;
    this.drawBar();
    this.grow();
    this.drawSend();
    the('text').focus();
  }

  cancel() {
    if (this.editing) the('text').value = '';
    this.clear();
    this.drawBar();
    this.grow();
    this.drawSend();
    the('text').focus();
  }

  /** Gives up replying to, or editing, what is gone. */
  forget(id) {
    if (this.replyTo?.id === id || this.editing?.id === id) this.cancel();
  }

  write(text) {
    const field = the('text');
    field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
    field.focus();
    this.typed();
  }

  drawBar() {
    const message = this.replyTo ?? this.editing;
    the('bar').hidden = !message && !this.file;
    if (this.file) the('bar-text').textContent = say('sending', { name: this.file.name, size: size(this.file.size) });
    if (!message) return;
    const text = message.text.replace(/\s+/g, ' ').slice(0, 120);
    const title = this.editing ? say('editing') : say('replying', { name: message.sender?.name ?? '' });
    the('bar-text').replaceChildren(make('b', {}, title), make('span', {}, ` ${text}`));
  }

  takeFile(files, event) {
    if (!files?.length) return;
    event?.preventDefault();
    const file = files[0];
    this.editing = null;
    this.file = file;
    the('file').value = '';
    this.drawBar();
    this.drawSend();
    the('text').focus();
  }

  async submit() {
    const text = the('text').value.trim();
    if (!text && !this.file) return;
    const { replyTo, editing, file } = this;
    const isDone = await (editing
      ? this.does.edit(editing, text)
      : file
        ? this.does.send(file, text, replyTo)
        : this.does.say(text, replyTo));
    if (!isDone) return;
    the('text').value = '';
    this.drafts.delete(this.state.place);
    this.clear();
    this.drawBar();
    this.hideMenu();
    this.showExamples(false);
    this.grow();
    this.drawSend();
  }

  typed() {
    this.grow();
    this.drawSend();
    const text = the('text').value;
    if (/^\/\w*$/.test(text)) this.showMenu(text.slice(1));
    else this.hideMenu();
  }

  pressed(event) {
    const isOpen = !the('menu').hidden;
    if (event.isComposing) return;
    if (isOpen && ['ArrowDown', 'ArrowUp'].includes(event.key)) {
      event.preventDefault();
      this.moveInMenu(event.key === 'ArrowDown' ? 1 : -1);
    } else if (isOpen && this.chosen >= 0 && ['Enter', 'Tab'].includes(event.key)) {
      event.preventDefault();
      this.takeCommand(this.commands[this.chosen].command);
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === 'Escape') {
      if (isOpen) this.hideMenu();
      else if (this.replyTo || this.editing || this.file) this.cancel();
    } else if (event.key === 'ArrowUp' && !the('text').value) {
      const own = this.state.messages.filter(({ sender, text }) => text && sender?.id === this.state.writer?.id).at(-1);
      if (!own) return;
      event.preventDefault();
      this.edit(own);
    }
  }

  /** Lists the commands that begin so, as the bot offers them to this person. */
  async showMenu(beginning) {
    const all = await this.does.menu();
    if (!/^\/\w*$/.test(the('text').value)) return;
    this.commands = all.filter(({ command }) => command.startsWith(beginning.toLowerCase()));
    this.chosen = -1;
    const items = this.commands.map(({ command, description }, index) =>
      make('li', { role: 'option', id: `command-${index}`, 'aria-selected': 'false', onclick: () => this.takeCommand(command) }, make('b', {}, `/${command}`), make('span', {}, description)));
    the('menu').replaceChildren(...items);
    this.setMenu(items.length > 0);
  }

  moveInMenu(step) {
    this.chosen = (this.chosen + step + this.commands.length) % this.commands.length;
    [...the('menu').children].forEach((item, index) => {
      item.setAttribute('aria-selected', String(index === this.chosen));
      if (index === this.chosen) item.scrollIntoView({ block: 'nearest' });
    });
    the('text').setAttribute('aria-activedescendant', `command-${this.chosen}`);
  }

  async takeCommand(command) {
    this.hideMenu();
    const isPrivate = this.state.chat.type === 'private';
    const text = isPrivate ? `/${command}` : `/${command}@${this.state.bot.username}`;
    if (await this.does.say(text, null)) the('text').value = '';
    this.grow();
    this.drawSend();
    the('text').focus();
  }

  hideMenu() {
    this.setMenu(false);
  }

  setMenu(isOpen) {
    the('menu').hidden = !isOpen;
    the('text').setAttribute('aria-expanded', String(isOpen));
    the('text').removeAttribute('aria-activedescendant');
  }

  drawSend() {
    the('send').disabled = !the('text').value.trim() && !this.file;
  }

  grow() {
    const field = the('text');
    field.style.height = 'auto';
    field.style.height = `${Math.min(field.scrollHeight, 200)}px`;
  }
}
