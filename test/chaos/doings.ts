import * as v from 'valibot';
import { ParleyClientError } from '../../src/client/errors.ts';
import type { ServerMessage } from '../../src/client/signaling/frames.ts';
import type { ResumableSession } from '../../src/client/signaling/resumable-session.ts';
import { pick, type Random } from '../../src/load/random.ts';
import { ChatBook } from './chat-book.ts';
import type { Ledger } from './ledger.ts';

/** Which of somebody's doings it is: the number counts all kinds together, so that the ledger sees their order too. */
const Stamp = v.object({ from: v.string(), epoch: v.number(), number: v.number() });
type Stamp = v.InferOutput<typeof Stamp>;

const EMOJIS = ['👍', '❤️', '😂', '🎉', '👀', '🙏'] as const;
/** Keys that all members write to, so that they overwrite each other's values. */
const KEYS = ['pin', 'timer', 'page', 'poll'] as const;
/** Newest messages of a room to which members react. */
const RECENT = 5;

/** What the doings of a room's members have in common. */
export class RoomDoings {
  readonly chat = new ChatBook();
  /** Messages that everybody inside has, and nobody deletes. */
  readonly recent: { readonly id: string; readonly epoch: number }[] = [];
  /** Doings whose events have no place for a stamp, by what the event says. */
  readonly stamps = new Map<string, Stamp>();
}

interface DoingsDeps {
  readonly name: string;
  readonly session: ResumableSession;
  readonly room: RoomDoings;
  readonly random: Random;
  readonly ledger: () => Ledger;
  /** Names of those inside, the member too: everybody is told. */
  readonly hearers: () => readonly string[];
  readonly problem: (text: string) => void;
}

/** What one member says, shows and shares besides calls [CH1] [CH2] [RM9]–[RM11], and what it hears of the others. */
export class Doings {
  /** Shared data as this member was told of it. */
  readonly data = new Map<string, unknown>();
  hand: string | null = null;
  /** All that this member heard in this epoch: everybody in a room hears the same. */
  order: string[] = [];
  readonly #deps: DoingsDeps;
  readonly #reactions = new Map<string, ReadonlySet<string>>();
  /** Hands by peer: how many of its changes were heard. */
  readonly #hands = new Map<string, number>();
  #ownHands = 0;
  /**
   * The epoch after the one in which the session became a new one. Until then the others may not be inside yet, who count its
   * hands; and there may be reactions that were stored, and told to nobody.
   */
  #sureFrom = 0;
  #own: string | undefined;

  constructor(deps: DoingsDeps) {
    this.#deps = deps;
  }

  /** Call it when the session is a new one. */
  begin(): void {
    this.data.clear();
    this.hand = null;
    this.#ownHands = 0;
    this.#sureFrom = this.#deps.ledger().epoch + 1;
    this.#own = undefined;
  }

  /** Does something at random, and resolves when it is answered. */
  async doSomething(): Promise<void> {
    const { name, random } = this.#deps;
    const kinds = [this.#say, this.#say, this.#edit, this.#react, this.#erase, this.#raise, this.#share];
    try {
      await (pick(random, [...kinds, this.#present]) ?? this.#say).call(this);
    } catch (thrown) {
      const isLost = thrown instanceof ParleyClientError && thrown.code === 'session_lost';
      if (!isLost) this.#deps.problem(`${name}: ${thrown}`);
    }
  }

  hear(message: ServerMessage): void {
    const { event, payload } = message;
    switch (event) {
      case 'room:joined':
        for (const [key, value] of Object.entries(payload.data)) this.data.set(key, value);
        break;
      case 'chat':
      case 'chat:edited':
        this.#heard(event, parse(payload.message));
        break;
      case 'chat:deleted':
        this.#heard(event, this.#deps.room.stamps.get(`${payload.id} deleted`));
        break;
      case 'chat:reactions':
        this.#heardReactions(payload.id, payload.reactions);
        break;
      case 'peer:hand':
        this.#heardHand(payload.peerId, payload);
        break;
      case 'room:data':
        this.data.set(payload.key, payload.value);
        this.#heard(event, payload.value);
        break;
      case 'peer:updated':
        this.#heard(event, payload.userInfo);
    }
  }

  async #say(): Promise<void> {
    const { room, ledger } = this.#deps;
    const { epoch } = ledger();
    const id = await this.#post();
    if (id === undefined) return;
    this.#own = id;
    room.recent.push({ id, epoch });
    if (room.recent.length > RECENT) room.recent.shift();
  }

  /** @returns the id of the message */
  async #post(): Promise<string | undefined> {
    const { session, room } = this.#deps;
    const text = JSON.stringify(this.#stamp());
    const said = await session.request('chat', { message: text });
    if (said.event !== 'chat') return undefined;
    room.chat.said(said.payload.id, text);
    return said.payload.id;
  }

  async #edit(): Promise<void> {
    const { session, room } = this.#deps;
    const id = this.#own;
    if (id === undefined) return this.#say();
    const message = JSON.stringify(this.#stamp());
    await this.#changing(id, session.request('chat:edit', { id, message }));
    room.chat.edited(id, message);
  }

  async #erase(): Promise<void> {
    const { session, room } = this.#deps;
    const id = await this.#post();
    if (id === undefined) return;
    room.stamps.set(`${id} deleted`, this.#stamp());
    await this.#changing(id, session.request('chat:delete', { id }));
    room.chat.edited(id, null);
  }

  /** Reacts to somebody's message, or takes that back; each once. */
  async #react(): Promise<void> {
    const { name, session, room, random, ledger } = this.#deps;
    const emoji = pick(random, EMOJIS) ?? EMOJIS[0];
    const recent = room.recent.filter(({ epoch }) => epoch === ledger().epoch);
    const id = pick(random, recent)?.id;
    const reaction = `${emoji} ${name}`;
    const on = !room.stamps.has(`${id} ${reaction} on`);
    const key = `${id} ${reaction} ${on ? 'on' : 'off'}`;
    if (id === undefined || room.stamps.has(key)) return this.#say();
    room.stamps.set(key, this.#stamp());
    await this.#changing(id, session.request('chat:react', { id, emoji, on }));
    room.chat.reacted(id, reaction, on);
  }

  async #raise(): Promise<void> {
    const { session, room, ledger } = this.#deps;
    if (ledger().epoch < this.#sureFrom) return this.#say();
    this.#ownHands += 1;
    const raised = this.#ownHands % 2 === 1;
    room.stamps.set(`${session.welcome?.peerId} hand ${this.#ownHands}`, this.#stamp());
    await session.request('hand', { raised });
  }

  async #share(): Promise<void> {
    const { session, random } = this.#deps;
    await session.request('room:data', { key: pick(random, KEYS) ?? KEYS[0], value: this.#stamp() });
  }

  async #present(): Promise<void> {
    await this.#deps.session.request('peer:update', { userInfo: this.#stamp() });
  }

  /** Waits for the answer to a change of a message. */
  async #changing(id: string, answer: Promise<ServerMessage>): Promise<void> {
    try {
      await answer;
    } catch (thrown) {
      this.#deps.room.chat.unsure(id);
      throw thrown;
    }
  }

  /** Writes a doing down, of which everybody inside is told. */
  #stamp(): Stamp {
    const { name, hearers, ledger } = this.#deps;
    const numbers = hearers().map((hearer) => ledger().send(name, hearer));
    return { from: name, epoch: ledger().epoch, number: numbers[0] ?? 0 };
  }

  #heard(event: string, what: unknown): void {
    const { name, ledger, problem } = this.#deps;
    const { success, output } = v.safeParse(Stamp, what);
    if (!success) problem(`${name} heard a ${event} that nobody sent`);
    if (!success || output.epoch !== ledger().epoch) return;
    ledger().receive(output.from, name, output.number);
    this.order.push(`${output.from} ${output.number}`);
  }

  /** Each event is of one change; the ledger finds changes that came together, because neither is heard. */
  #heardReactions(id: string, reactions: Readonly<Record<string, readonly string[]>>): void {
    const entries = Object.entries(reactions);
    const now = new Set(entries.flatMap(([emoji, users]) => users.map((userId) => `${emoji} ${userId}`)));
    const before = this.#reactions.get(id) ?? new Set<string>();
    this.#reactions.set(id, now);
    const on = [...now].filter((reaction) => !before.has(reaction)).map((reaction) => `${reaction} on`);
    const off = [...before].filter((reaction) => !now.has(reaction)).map((reaction) => `${reaction} off`);
    const [change, second] = [...on, ...off];
    // What it differs in may be a reaction of before, of which nobody was told.
    if (this.#deps.ledger().epoch < this.#sureFrom) return;
    if (second === undefined) this.#heard('chat:reactions', this.#deps.room.stamps.get(`${id} ${change}`));
  }

  #heardHand(peerId: string, { raised, at }: { raised: boolean; at: string | null }): void {
    const { name, session, room, problem } = this.#deps;
    const nth = (this.#hands.get(peerId) ?? 0) + 1;
    this.#hands.set(peerId, nth);
    if (raised !== (nth % 2 === 1) || raised !== (at !== null)) problem(`${name}: hand ${nth} is ${raised}`);
    if (peerId === session.welcome?.peerId) this.hand = at;
    this.#heard('peer:hand', room.stamps.get(`${peerId} hand ${nth}`));
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
