import type { JoinOptions, NextRoom } from '../types.ts';
import { ConnectionFactory, type RtcConstructor, withoutUndefined } from './connection-factory.ts';
import type { CallDeps } from './link.ts';
import { baseConfiguration } from './paths.ts';
import { type Grant, Place } from './place.ts';
import type { Keyring } from './privacy/keyring.ts';

/** Milliseconds after which a place is given back that nobody takes: the server holds it for 60 s [RM8]. */
const HELD_MS = 55_000;

interface ApproachDeps extends Pick<CallDeps, 'account' | 'clock'> {
  readonly RTCPeerConnection: () => RtcConstructor | undefined;
  readonly keyring?: Keyring | undefined;
  /** As in `Place`. */
  readonly onGone?: ((gone: () => void) => () => void) | undefined;
}

/** What is done for a room before its door is reached: a place is held, and connections look for their candidates. */
export class Approach {
  readonly #deps: ApproachDeps;
  readonly #room: NextRoom;
  readonly #place: Place;
  readonly #cancel: () => void;
  #connections: ConnectionFactory | undefined;
  #over = false;

  constructor(deps: ApproachDeps, room: NextRoom) {
    this.#deps = deps;
    this.#room = room;
    this.#place = new Place({ ...deps, onGrant: (grant) => this.#prepare(grant) }, room);
    this.#cancel = deps.clock.after(HELD_MS, () => void this.giveUp());
  }

  /**
   * Resolves with the connections that were made ahead; undefined if there are none, or none for this entry.
   * @throws ParleyClientError the room's refusal
   */
  async connectionsFor(roomId: string, options: JoinOptions): Promise<ConnectionFactory | undefined> {
    const { password, invite } = this.#room;
    const same =
      roomId === this.#room.roomId &&
      password === options.password &&
      invite === options.invite &&
      baseConfiguration(this.#room).iceTransportPolicy === baseConfiguration(options).iceTransportPolicy;
    if (!same) {
      await this.giveUp();
      return undefined;
    }
    const refusal = await this.#place.refusal();
    if (refusal !== undefined) throw refusal;
    this.#cancel();
    this.#place.handOver();
    const connections = this.#connections;
    this.#connections = undefined;
    return connections;
  }

  /** The room is entered. */
  arrived(): void {
    this.#cancel();
    this.#place.taken();
  }

  /** Gives the place back, unless the room was entered. */
  async giveUp(): Promise<void> {
    this.#cancel();
    this.#over = true;
    this.#connections?.close();
    this.#connections = undefined;
    await this.#place.giveUp();
  }

  async #prepare({ userId, iceServers, relayOnly, others }: Grant): Promise<void> {
    const { account, keyring } = this.#deps;
    const owner = { baseUrl: account.baseUrl, userId, place: `room ${this.#room.roomId}` };
    const certificate = await keyring?.certificates.load(owner);
    if (this.#over) return;
    const base = baseConfiguration(this.#room);
    const iceTransportPolicy = relayOnly ? 'relay' : base.iceTransportPolicy;
    const configuration = { ...base, ...(iceTransportPolicy === undefined ? {} : { iceTransportPolicy }) };
    try {
      this.#connections = new ConnectionFactory(
        this.#deps.RTCPeerConnection(),
        {
          ...configuration,
          iceServers: iceServers.map(withoutUndefined),
          ...(certificate === undefined ? {} : { certificates: [certificate] }),
        },
        Math.max(others, 1),
      );
    } catch {
      // Without WebRTC the room isn't entered, and `join` says so. A URL that the browser refuses is left out on entry.
    }
  }
}
