import { setTimeout as pause } from 'node:timers/promises';
import type { WebSocketConstructor } from '../../src/client/signaling/session-socket.ts';
import { mintToken } from '../../src/load/credentials.ts';
import type { Random } from '../../src/load/random.ts';
import { SECRET } from '../support/server/accounts.ts';
import { createRoom } from '../support/server/api.ts';
import { within } from './chaos.ts';
import { RoomDoings } from './doings.ts';
import { Doorway } from './doorway.ts';
import { Ledger } from './ledger.ts';
import { Member } from './member.ts';
import { lookAround } from './newcomer.ts';

/** Milliseconds for the whole crowd to join, on a busy machine and a bad network. */
const GATHER_MS = 90_000;
/** One of so many rooms has a waiting room. Its first members are hosts; the others may pass without knocking. */
const WAITING_ROOM_EVERY = 5;
const HOSTS = 2;
/** Places in a room besides those of its members: for those who knock, and for who looks around at the end. */
const SPARE = 4;

interface CrowdDeps {
  /** The server's own URL; `wsUrl` may lead through a proxy. */
  readonly url: string;
  readonly wsUrl: string;
  readonly rooms: number;
  readonly perRoom: number;
  readonly random: Random;
  /** The WebSocket class of the nth member of a room. Default: the usual one. */
  readonly socketOf?: ((place: number) => WebSocketConstructor | undefined) | undefined;
  /** Called for each message. @param ms from sending to arrival */
  readonly arrived?: ((from: string, to: string, ms: number) => void) | undefined;
  /** Called when the server tells a room that a member is suspended. */
  readonly suspended?: ((name: string) => void) | undefined;
}

/** Many SDK sessions in many rooms that record what they send each other. */
export class Crowd {
  readonly members: readonly Member[];
  /** What is being recorded; can be replaced by a new one. */
  ledger = new Ledger();
  /** The same of what members do besides calls. */
  besides = new Ledger();
  readonly doorways: readonly Doorway[];
  readonly #rooms: readonly CrowdRoom[];
  readonly #url: string;
  readonly problems: string[] = [];
  #isOver = false;

  private constructor(deps: CrowdDeps, roomIds: readonly string[]) {
    this.#url = deps.url;
    this.#rooms = roomIds.map((id, index) => {
      const doings = new RoomDoings();
      const invite = (_: unknown, place: number) => this.#invite(deps, { id, index, doings }, place);
      const members = Array.from({ length: deps.perRoom }, invite);
      for (const member of members) member.mates = members.filter((mate) => mate !== member);
      return { id, doings, members };
    });
    this.members = this.#rooms.flatMap(({ members }) => members);
    const problem = this.#problem;
    this.doorways = this.#rooms
      .filter((_, index) => hasWaitingRoom(index))
      .map(({ id, members }) => {
        return new Doorway({ ...deps, problem, roomId: id, members, hosts: members.slice(0, HOSTS) });
      });
  }

  /** Creates the rooms, and resolves once everybody has joined. */
  static async gather(deps: CrowdDeps): Promise<Crowd> {
    const create = async (_: unknown, index: number) => {
      const fields = { max: deps.perRoom + SPARE, waitingRoom: hasWaitingRoom(index) };
      return (await createRoom(deps.url, ownerToken(), fields)).id;
    };
    const crowd = new Crowd(deps, await Promise.all(Array.from({ length: deps.rooms }, create)));
    await crowd.enter();
    return crowd;
  }

  /** Lets everybody join their rooms. */
  async enter(): Promise<void> {
    await within(
      GATHER_MS,
      'joining',
      Promise.all(this.members.map((member) => member.enter())).then(() => {}),
    );
  }

  /**
   * Lets everybody send messages in bursts until `enough`.
   * @param most max messages in a burst. @param pauseMs max milliseconds between bursts
   */
  async talk({ enough, most, pauseMs, padding, random, besides = 0 }: Talk): Promise<void> {
    const isOver = () => enough() || this.#isOver;
    const talkOne = async (member: Member): Promise<void> => {
      while (!isOver()) {
        const something = random() < besides ? member.doSomething() : undefined;
        await Promise.all([something, member.sendSome(most, padding)]);
        await pause(random() * pauseMs);
      }
    };
    const doorways = besides > 0 ? this.doorways : [];
    await Promise.all([...this.members.map(talkOne), ...doorways.map((doorway) => doorway.open(isOver))]);
  }

  /** Records from now on in new ledgers. @param epoch tells late messages of earlier ones */
  begin(epoch: number): void {
    this.ledger = new Ledger(epoch);
    this.besides = new Ledger(epoch);
    for (const { doings } of this.members) doings.order = [];
    for (const doorway of this.doorways) doorway.begin();
  }

  /**
   * Waits until what was sent so far has been heard, or `ms` milliseconds, and finds what was lost, repeated or out of order,
   * or is not stored.
   * @param losses whether messages may be lost, because the server was killed
   */
  async account(ms: number, { losses = false } = {}): Promise<string[]> {
    if (!losses) await Promise.all([this.ledger.settled(ms), this.besides.settled(ms)]);
    const where = { url: this.#url, token: ownerToken() };
    const stored = await Promise.all(
      this.#rooms.map(({ id, doings }) => doings.chat.violations({ ...where, roomId: id, losses })),
    );
    const seen = losses
      ? []
      : await Promise.all(this.#rooms.map(({ id, members }) => lookAround(this.#url, id, members)));
    return [
      ...this.ledger.violations({ losses }),
      ...this.besides.violations({ losses }),
      ...this.doorways.flatMap((doorway) => doorway.violations({ losses })),
      ...stored.flat(),
      ...seen.flat(),
    ];
  }

  /** What members did besides calls, for a scenario's figures. */
  get figures(): Readonly<Record<string, number>> {
    const chats = this.#rooms.map(({ doings }) => doings.chat.count);
    const knocks = this.doorways.map((doorway) => doorway.knocks);
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
    return { 'chat messages': sum(chats), knocks: sum(knocks) };
  }

  sum(count: 'resumed' | 'renewed'): number {
    return this.members.reduce((total, member) => total + member[count], 0);
  }

  close(): void {
    this.#isOver = true;
    for (const { session } of this.members) session.close();
  }

  readonly #problem = (text: string): void => {
    if (!this.#isOver) this.problems.push(text);
  };

  #invite(deps: CrowdDeps, { id, index, doings }: Invitation, place: number): Member {
    const room = { id, skipKnock: true, admin: place < HOSTS };
    return new Member({
      ...deps,
      name: `room-${index}-${place}`,
      roomId: id,
      room: doings,
      claims: hasWaitingRoom(index) ? { room } : {},
      ledger: () => this.ledger,
      besides: () => this.besides,
      problem: this.#problem,
      WebSocket: deps.socketOf?.(place),
    });
  }
}

interface CrowdRoom {
  readonly id: string;
  readonly doings: RoomDoings;
  readonly members: readonly Member[];
}

interface Invitation extends Omit<CrowdRoom, 'members'> {
  readonly index: number;
}

function hasWaitingRoom(index: number): boolean {
  return index % WAITING_ROOM_EVERY === 0;
}

function ownerToken(): string {
  return mintToken(SECRET, 'host', Date.now());
}

export interface Talk {
  readonly enough: () => boolean;
  readonly most: number;
  readonly pauseMs: number;
  /** What a message carries besides its number. */
  readonly padding?: (to: Member) => string;
  readonly random: Random;
  /** Share of bursts at which a member does something besides calls as well; with any, people knock too. Default: 0. */
  readonly besides?: number;
}
