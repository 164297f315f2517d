import { setTimeout as pause } from 'node:timers/promises';
import type { WebSocketConstructor } from '../../src/client/signaling/session-socket.ts';
import { mintToken } from '../../src/load/credentials.ts';
import type { Random } from '../../src/load/random.ts';
import { createServerApi } from '../../src/load/server-api.ts';
import { SECRET } from '../support/server/accounts.ts';
import { within } from './chaos.ts';
import { Ledger } from './ledger.ts';
import { Member } from './member.ts';

/** Milliseconds for a whole crowd to come in, on a machine that is busy and a network that is bad. */
const GATHER_MS = 90_000;

interface CrowdDeps {
  /** Of the server itself; `wsUrl` may lead through a proxy. */
  readonly url: string;
  readonly wsUrl: string;
  readonly rooms: number;
  readonly perRoom: number;
  readonly random: Random;
  /** The WebSocket of the nth member of a room, if it is to be another than the usual. */
  readonly socketOf?: ((place: number) => WebSocketConstructor | undefined) | undefined;
  /** @param ms from sending to arrival */
  readonly arrived?: ((from: string, to: string, ms: number) => void) | undefined;
  /** Somebody has lost its connection, as the server tells its mates. */
  readonly suspended?: ((name: string) => void) | undefined;
}

/** Many sessions of the SDK in many rooms, who count what they send each other. */
export class Crowd {
  readonly members: readonly Member[];
  /** Of the time that counts: a new one can be begun. */
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

  /** Creates the rooms; resolves once everybody is inside. */
  static async gather(deps: CrowdDeps): Promise<Crowd> {
    const api = createServerApi(deps.url, AbortSignal.timeout(GATHER_MS));
    const host = mintToken(SECRET, 'host', Date.now());
    const create = () => api.createRoom(host, Math.max(deps.perRoom, 2));
    const crowd = new Crowd(deps, await Promise.all(Array.from({ length: deps.rooms }, create)));
    await crowd.enter();
    return crowd;
  }

  /** Everybody joins its room. */
  async enter(): Promise<void> {
    await within(
      GATHER_MS,
      'joining',
      Promise.all(this.members.map((member) => member.enter())).then(() => {}),
    );
  }

  /**
   * Everybody talks, in bursts, until `enough`.
   * @param most messages in a burst, at most. @param pauseMs between bursts, at most
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
  /** What a message carries beside its number. */
  readonly padding?: (to: Member) => string;
  readonly random: Random;
}
