import { setTimeout as pause } from 'node:timers/promises';
import type { WebSocketConstructor } from '../../src/client/signaling/session-socket.ts';
import { mintToken } from '../../src/load/credentials.ts';
import type { Random } from '../../src/load/random.ts';
import { createServerApi } from '../../src/load/server-api.ts';
import { SECRET } from '../support/server/accounts.ts';
import { within } from './chaos.ts';
import { Ledger } from './ledger.ts';
import { Member } from './member.ts';

/** Milliseconds for the whole crowd to join, on a busy machine and a bad network. */
const GATHER_MS = 90_000;

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
  readonly problems: string[] = [];
  #isOver = false;

  private constructor(deps: CrowdDeps, roomIds: readonly string[]) {
    const rooms = roomIds.map((roomId, room) =>
      Array.from({ length: deps.perRoom }, (_, place) => this.#invite(deps, roomId, room, place)),
    );
    for (const mates of rooms)
      for (const member of mates) member.mates = mates.filter((mate) => mate !== member);
    this.members = rooms.flat();
  }

  /** Creates the rooms, and resolves once everybody has joined. */
  static async gather(deps: CrowdDeps): Promise<Crowd> {
    const api = createServerApi(deps.url, AbortSignal.timeout(GATHER_MS));
    const host = mintToken(SECRET, 'host', Date.now());
    const create = () => api.createRoom(host, Math.max(deps.perRoom, 2));
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
  async talk({ enough, most, pauseMs, padding, random }: Talk): Promise<void> {
    const talkOne = async (member: Member): Promise<void> => {
      while (!enough() && !this.#isOver) {
        await member.sendSome(most, padding);
        await pause(random() * pauseMs);
      }
    };
    await Promise.all(this.members.map(talkOne));
  }

  sum(count: 'resumed' | 'renewed'): number {
    return this.members.reduce((total, member) => total + member[count], 0);
  }

  close(): void {
    this.#isOver = true;
    for (const { session } of this.members) session.close();
  }

  #invite(deps: CrowdDeps, roomId: string, room: number, place: number): Member {
    return new Member({
      ...deps,
      name: `room-${room}-${place}`,
      roomId,
      ledger: () => this.ledger,
      problem: (text) => {
        if (!this.#isOver) this.problems.push(text);
      },
      WebSocket: deps.socketOf?.(place),
    });
  }
}

export interface Talk {
  readonly enough: () => boolean;
  readonly most: number;
  readonly pauseMs: number;
  /** What a message carries besides its number. */
  readonly padding?: (to: Member) => string;
  readonly random: Random;
}
