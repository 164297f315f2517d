import * as v from 'valibot';
import type { IceServer } from '../../protocol/fields.ts';
import { JoinRoomReply } from '../../protocol/place-endpoints.ts';
import { ParleyClientError } from '../errors.ts';
import { send, withToken } from '../http.ts';
import type { Clock } from '../signaling/clock.ts';
import type { NextRoom } from '../types.ts';
import type { CallDeps } from './link.ts';

/** Max time (ms) that entering a room waits for the place; after it, the room is entered without one. */
const PLACE_MS = 3_000;

/** Refusals that `room:join` would repeat [RM1]. Others, such as `rate_limited`, may be about the place only. */
const FINAL: ReadonlySet<string> = new Set([
  'room_not_found',
  'forbidden',
  'banned',
  'room_not_open',
  'room_locked',
  'password_required',
  'wrong_password',
  'knock_refused',
  'room_full',
]);

/** A place that is held, with what a connection needs to look for candidates before the room is entered. */
export interface Grant {
  /** Who has it. */
  readonly userId: string;
  readonly iceServers: readonly IceServer[];
  readonly relayOnly: boolean;
  /** How many others are inside. */
  readonly others: number;
}

interface PlaceDeps {
  readonly account: CallDeps['account'];
  readonly clock: Clock;
  /** The place isn't asked for to the end before this resolves. */
  readonly onGrant: (grant: Grant) => Promise<void>;
  /** Calls once when the page goes; the returned function takes it back. */
  readonly onGone?: ((gone: () => void) => () => void) | undefined;
}

/**
 * A place in a room, asked for over HTTP while the WebSocket opens [RM8]: with it come the relay's credentials, a round
 * trip before `room:joined` could bring them.
 */
export class Place {
  readonly room: NextRoom;
  readonly #deps: PlaceDeps;
  readonly #asked: Promise<ParleyClientError | undefined>;
  readonly #stopListening: () => void;
  /** Whether the user is inside already, in another session. */
  #inside = false;
  #granted = false;
  #handedOver = false;
  #over = false;

  constructor(deps: PlaceDeps, room: NextRoom) {
    this.#deps = deps;
    this.room = room;
    this.#stopListening = deps.onGone?.(() => void this.giveUp()) ?? (() => {});
    this.#asked = this.#ask();
  }

  /** Resolves with why the room refuses this side; undefined if it doesn't, or can't be asked. */
  refusal(): Promise<ParleyClientError | undefined> {
    return new Promise((resolve) => {
      const cancel = this.#deps.clock.after(PLACE_MS, () => resolve(undefined));
      void this.#asked.then((refusal) => {
        cancel();
        resolve(refusal);
      });
    });
  }

  /** `room:join` follows at once: whoever leaves from now on does so by the session. */
  handOver(): void {
    this.#handedOver = true;
    this.#stopListening();
  }

  /** This side is inside: the place is its own now. */
  taken(): void {
    this.#over = true;
    this.#stopListening();
  }

  /** Gives the place back, or takes the knock back. Resolves when the server knows. */
  async giveUp(): Promise<void> {
    if (this.#over) return;
    this.taken();
    const { account } = this.#deps;
    const refused = await this.#asked;
    // Leaving takes all sessions of the user out of the room: another tab of theirs goes on, and the place runs out.
    if (refused !== undefined || this.#inside || (this.#handedOver && !this.#granted)) return;
    const params = { roomId: this.room.roomId };
    const leave = (token: string) =>
      send(account.baseUrl, 'POST /rooms/:roomId/leave', v.unknown(), { token, params, keepalive: true });
    await withToken(account, leave).catch(() => {});
  }

  async #ask(): Promise<ParleyClientError | undefined> {
    const { account, onGrant } = this.#deps;
    const { roomId, password, invite } = this.room;
    const body = {
      ...(password === undefined ? {} : { password }),
      ...(invite === undefined ? {} : { invite }),
    };
    try {
      // An answer of 202 is no such reply: a host must let this side in, and `room:join` goes on with that knock [KN3].
      const reply = await withToken(account, (token) =>
        send(account.baseUrl, 'POST /rooms/:roomId/join', JoinRoomReply, { token, params: { roomId }, body }),
      );
      const { room, participant, participants, iceServers } = reply;
      this.#granted = true;
      this.#inside = participants.some(({ userId }) => userId === participant.userId);
      if (!this.#over)
        await onGrant({
          userId: participant.userId,
          iceServers,
          relayOnly: room.relayOnly,
          others: participants.length,
        });
      return undefined;
    } catch (error) {
      return error instanceof ParleyClientError && FINAL.has(error.code) ? error : undefined;
    }
  }
}
