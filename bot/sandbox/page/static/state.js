// What the page knows: the chats as they stand, and where the person is.

const TYPING = 5500;

/** A place is a chat, or a topic of a forum; General is topic 0. */
export const placeOf = (message) => key(message.chat, message.topic ?? 0);
export const key = (chat, topic) => `${chat}/${topic}`;

export class State {
  constructor() {
    this.chats = new Map();
    this.bot = null;
    this.place = null;
    this.unread = new Map();
    this.typing = new Map();
    this.writers = new Map();
    this.calls = new Map();
    this.switches = { slow: false, breaks: false, chats: {} };
  }

  /** Takes everything that the server tells when a page opens. */
  load(snapshot) {
    Object.assign(this, {
      bot: snapshot.bot,
      model: snapshot.model,
      pace: snapshot.pace,
      switches: snapshot.switches,
      start: snapshot.start,
    });
    this.chats.clear();
    snapshot.chats.forEach((chat) => this.addChat(chat));
    this.calls = new Map(snapshot.calls.map((call) => [call.number, call]));
  }

  addChat(chat) {
    const messages = new Map(chat.messages.map((message) => [message.id, message]));
    this.chats.set(chat.id, { ...chat, messages });
  }

  /** Takes a message that has come or changed. */
  put(message) {
    const chat = this.chats.get(message.chat);
    if (!chat) return false;
    const isNew = !chat.messages.has(message.id);
    chat.messages.set(message.id, message);
    if (isNew) {
      const place = placeOf(message);
      if (message.sender?.id === this.bot.id) this.typing.delete(place);
      if (place !== this.place) this.unread.set(place, (this.unread.get(place) ?? 0) + 1);
    }
    return isNew;
  }

  remove(chat, id) {
    this.chats.get(chat)?.messages.delete(id);
  }

  find(chat, id) {
    return this.chats.get(chat)?.messages.get(id);
  }

  /** The places of the list, in its order. */
  get places() {
    return [...this.chats.values()].flatMap((chat) => {
      if (!chat.is_forum) return [{ chat, topic: 0, name: chat.title }];
      return [{ id: 0, name: '' }, ...chat.topics].map(({ id, name }) => ({ chat, topic: id, name }));
    });
  }

  /** Goes to a place; gives false when there is none such. */
  go(place) {
    if (!this.places.some(({ chat, topic }) => key(chat.id, topic) === place)) return false;
    this.place = place;
    this.unread.delete(place);
    return true;
  }

  get chat() {
    return this.chats.get(Number(this.place?.split('/')[0]));
  }

  get topic() {
    return Number(this.place?.split('/')[1] ?? 0);
  }

  messagesAt(place) {
    const chat = this.chats.get(Number(place.split('/')[0]));
    return [...(chat?.messages.values() ?? [])].filter((message) => placeOf(message) === place);
  }

  get messages() {
    return this.place ? this.messagesAt(this.place) : [];
  }

  /** Who writes in the chat of this place. */
  get writer() {
    const people = this.chat?.people ?? [];
    return people.find(({ id }) => id === this.writers.get(this.chat.id)) ?? people[0];
  }

  act(chat, topic, now) {
    this.typing.set(key(chat, topic ?? 0), now + TYPING);
  }

  isTyping(place, now) {
    return (this.typing.get(place) ?? 0) > now;
  }
}
