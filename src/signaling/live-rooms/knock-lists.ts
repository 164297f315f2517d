import type { RoomId } from '../../domain/ids.ts';
import type { Clock } from '../../lib/clock.ts';
import { PacedSends } from '../../lib/paced-sends.ts';
import type { KnockItem } from '../../protocol/knock-events.ts';
import { payloadText } from '../wire/payload-text.ts';
import type { Participant, Recipient } from './participant.ts';

interface KnockListsDeps {
  readonly clock: Clock;
  readonly membersOf: (roomId: string) => readonly Participant[];
  /** Who waits for a room, longest first. */
  readonly itemsOf: (roomId: string) => KnockItem[];
}

/**
 * Tells the hosts inside who waits [KN2]: at once, but if much is told, every change of a moment in one list. Hosts who are
 * away are told once, when they are back: a hundred long lists, one for each who came, would be more than a session keeps.
 */
export class KnockLists {
  readonly #deps: KnockListsDeps;
  readonly #paced: PacedSends;
  /** Rooms whose hosts don't know the last change yet. */
  readonly #untold = new Set<string>();
  /** Hosts who were away while a line changed. */
  readonly #behind = new Set<Recipient>();
  #isKeeping = false;

  constructor(deps: KnockListsDeps) {
    this.#deps = deps;
    this.#paced = new PacedSends({
      clock: deps.clock,
      sendNext: (roomId) => (this.#untold.delete(roomId) ? this.#sendAll(roomId) : undefined),
    });
  }

  /** Call it when a line has changed. All hosts are told the same. */
  tell(roomId: RoomId): void {
    if (!this.#deps.membersOf(roomId).some(({ host }) => host)) return;
    if (this.#isKeeping) {
      this.#sendAll(roomId);
      return;
    }
    this.#untold.add(roomId);
    this.#paced.request(roomId);
  }

  /** Call it when a participant came in as a host or has become one. @param hasWaitingRoom whether the room has one */
  tellHost(participant: Participant, hasWaitingRoom: boolean): void {
    const { host, room } = participant;
    if (host && (hasWaitingRoom || this.#deps.itemsOf(room.roomId).length > 0)) {
      this.#send([participant], room.roomId);
    }
  }

  /** Call it when the token or the role of a user inside has changed. @param wasHost whether it ran the room before */
  tellNewHost(participant: Participant | undefined, wasHost: boolean | undefined): void {
    if (participant !== undefined && wasHost === false) this.tellHost(participant, false);
  }

  /** Call it when a session was resumed, after its replay. */
  returned(session: Recipient): void {
    if (!this.#behind.delete(session)) return;
    const { participant } = session;
    if (participant?.host === true) this.#send([participant], participant.room.roomId);
  }

  /** Call it when a session has ended. */
  forget(session: Recipient): void {
    this.#behind.delete(session);
  }

  /** Call it before sessions are saved: from now on all hosts are told at once, those who are away too, so that it is saved. */
  keep(): void {
    this.#isKeeping = true;
    this.#paced.flush();
    for (const session of [...this.#behind]) this.returned(session);
  }

  close(): void {
    this.#paced.close();
  }

  /** @returns how many characters all were told together */
  #sendAll(roomId: string): number {
    const hosts = this.#deps.membersOf(roomId).filter(({ host }) => host);
    const isToldNow = ({ recipient }: Participant): boolean => this.#isKeeping || recipient.isLive;
    for (const host of hosts) if (!isToldNow(host)) this.#behind.add(host.recipient);
    return this.#send(hosts.filter(isToldNow), roomId);
  }

  /** @returns how many characters all were told together */
  #send(hosts: readonly Participant[], roomId: string): number {
    // Whoever comes in while a change is untold hears of it with all others: two hosts always see the same list.
    if (hosts.length === 0 || this.#untold.has(roomId)) return 0;
    const body = payloadText('room:knocks', { items: this.#deps.itemsOf(roomId) });
    for (const host of hosts) host.deliverText('room:knocks', body);
    return hosts.length * (body?.length ?? 0);
  }
}
