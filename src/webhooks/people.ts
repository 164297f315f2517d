import type { DomainEvents } from '../domain/events.ts';
import type { PeerId, RoomId, UserId } from '../domain/ids.ts';
import { andThen } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import type { ErrorCode } from '../protocol/codes.ts';
import type { CallStore, InsideStore, ToldCall, ToldPeer } from '../store/contract.ts';
import type { Outbox } from './outbox.ts';

/** Milliseconds between two notes that the process lives: whom a crash puts out has left at the last one. */
const ALIVE_MS = 10_000;

/** Why those who wait aren't let in when their room is removed: told before the room's end, not after it. */
const ROOM_GONE: ErrorCode = 'room_not_found';

interface PeopleDeps {
  readonly outbox: Outbox;
  readonly inside: InsideStore;
  readonly calls: Pick<CallStore, 'noteAlive' | 'lastAlive'>;
  /** Who is inside, suspended ones too, those who are expected not [CT0]. */
  readonly membersOf: (roomId: RoomId) => readonly { readonly peerId: PeerId }[];
  /** Who waits to be let in. */
  readonly waitingFor: (roomId: RoomId) => readonly DomainEvents['knock.began'][];
  readonly clock: Clock;
}

/**
 * Tells who comes and goes, and which calls start and end [CT5]. Each `left` has its `joined`: who was told of as inside is
 * stored with that event and goes with the other, so a peer without a row is told of no more.
 */
export class People {
  readonly #deps: PeopleDeps;
  /** In the order in which they came. */
  readonly #peers = new Map<RoomId, Map<PeerId, ToldPeer>>();
  readonly #calls = new Map<RoomId, ToldCall>();
  readonly #stopNoting: () => void;

  constructor(deps: PeopleDeps) {
    this.#deps = deps;
    const { calls, clock } = deps;
    this.#stopNoting = clock.every(ALIVE_MS, () => {
      if (this.#peers.size > 0) void calls.noteAlive(clock.now());
    });
  }

  joined({ peerId, roomId, userId, displayName }: DomainEvents['peer.joined']): void {
    const { inside, outbox, clock } = this.#deps;
    const peer = { peerId, roomId, userId, displayName, joinedAt: clock.now() };
    const participants = this.#count(roomId);
    this.#add(peer);
    inside.together(() => {
      inside.addPeer(peer);
      outbox.tell('participant.joined', roomId, { roomId, userId, peerId, displayName, participants });
    });
    const call = this.#calls.get(roomId);
    if (call === undefined || participants <= call.peak) return;
    this.#calls.set(roomId, { ...call, peak: participants });
    inside.together(() => inside.setPeak(roomId, participants));
  }

  left({ peerId, roomId, displayName, reason }: DomainEvents['peer.left']): void {
    const peer = roomId === null ? undefined : this.#peers.get(roomId)?.get(peerId);
    if (peer === undefined) return;
    this.#remove(peer);
    const { inside, clock } = this.#deps;
    const participants = this.#count(peer.roomId);
    const end = { reason, at: clock.now(), participants };
    inside.together(() => this.#tellLeft({ ...peer, displayName }, end));
  }

  callStarted({ roomId, callId, startedAt, participants }: DomainEvents['call.started']): void {
    const { inside, outbox } = this.#deps;
    const call = { roomId, callId, startedAt, peak: participants };
    this.#calls.set(roomId, call);
    inside.together(() => {
      inside.addCall(call);
      outbox.tell('call.started', roomId, { roomId, callId, participants });
    });
  }

  callEnded({ roomId, callId, endedAt, participants }: DomainEvents['call.ended']): void {
    const call = this.#calls.get(roomId);
    if (call?.callId !== callId) return;
    this.#calls.delete(roomId);
    this.#deps.inside.together(() => this.#tellEnd(call, endedAt, participants));
  }

  knocked(event: DomainEvents['knock.began']): void {
    this.#tellKnock('participant.knocked', event);
  }

  admitted(event: DomainEvents['knock.admitted']): void {
    this.#tellKnock('participant.admitted', event);
  }

  refused({ reason, ...knock }: DomainEvents['knock.refused']): void {
    if (reason === ROOM_GONE) return;
    const { outbox } = this.#deps;
    const participants = this.#count(knock.roomId);
    outbox.tell('participant.refused', knock.roomId, { ...knock, reason, participants });
  }

  /**
   * Tells that everybody left a room that is being removed, that its call ended, and that who waits isn't let in. Call it in the
   * transaction that removes it.
   */
  tellRoomEnd(roomId: RoomId): void {
    const { clock, outbox, waitingFor } = this.#deps;
    const at = clock.now();
    const peers = [...(this.#peers.get(roomId)?.values() ?? [])];
    for (const [index, peer] of peers.entries()) {
      this.#tellLeft(peer, { reason: 'room_closed', at, participants: peers.length - 1 - index });
    }
    const call = this.#calls.get(roomId);
    if (call !== undefined) this.#tellEnd(call, at, 0);
    for (const knock of waitingFor(roomId)) {
      outbox.tell('participant.refused', roomId, { ...knock, reason: ROOM_GONE, participants: 0 });
    }
  }

  /** Call it when that transaction is stored. */
  forget(roomId: RoomId): void {
    this.#peers.delete(roomId);
    this.#calls.delete(roomId);
  }

  /**
   * Takes over what the process before had told. Whoever isn't back has left when that process was seen alive last. Call it when
   * sessions and calls have been restored.
   */
  async restore(isOngoing: (call: ToldCall) => boolean): Promise<void> {
    const { inside, calls } = this.#deps;
    const aliveAt = (await calls.lastAlive()) ?? 0;
    const gone: ToldPeer[] = [];
    for (const peer of await inside.peers()) {
      const isBack = this.#deps.membersOf(peer.roomId).some(({ peerId }) => peerId === peer.peerId);
      if (isBack) this.#add(peer);
      else gone.push(peer);
    }
    const left = new Map<RoomId, number>();
    for (const { roomId } of gone) left.set(roomId, (left.get(roomId) ?? 0) + 1);
    for (const peer of gone) {
      const others = (left.get(peer.roomId) ?? 1) - 1;
      left.set(peer.roomId, others);
      const participants = this.#count(peer.roomId) + others;
      const end = { reason: 'timeout', at: Math.max(aliveAt, peer.joinedAt), participants };
      inside.together(() => this.#tellLeft(peer, end));
    }
    for (const call of await inside.calls()) {
      if (isOngoing(call)) this.#calls.set(call.roomId, call);
      else inside.together(() => this.#tellEnd(call, aliveAt, this.#count(call.roomId)));
    }
  }

  close(): void {
    this.#stopNoting();
  }

  #tellKnock(type: 'participant.knocked' | 'participant.admitted', knock: Knocker): void {
    this.#deps.outbox.tell(type, knock.roomId, { ...knock, participants: this.#count(knock.roomId) });
  }

  #tellLeft(
    { peerId, roomId, userId, displayName, joinedAt }: ToldPeer,
    { reason, at, participants }: { reason: string; at: number; participants: number },
  ): void {
    const { inside, outbox } = this.#deps;
    const about = { roomId, userId, peerId, displayName, participants };
    const data = { ...about, reason, seconds: secondsFrom(joinedAt, at) };
    void andThen(inside.removePeer(peerId), (wasTold) => {
      if (wasTold) outbox.tell('participant.left', roomId, data);
    });
  }

  #tellEnd({ roomId, callId, startedAt, peak }: ToldCall, at: number, participants: number): void {
    const { inside, outbox } = this.#deps;
    const data = { roomId, callId, participants, durationSeconds: secondsFrom(startedAt, at), peak };
    void andThen(inside.removeCall(roomId), (wasTold) => {
      if (wasTold) outbox.tell('call.ended', roomId, data);
    });
  }

  #add(peer: ToldPeer): void {
    const peers = this.#peers.get(peer.roomId);
    if (peers === undefined) this.#peers.set(peer.roomId, new Map([[peer.peerId, peer]]));
    else peers.set(peer.peerId, peer);
  }

  #remove({ roomId, peerId }: ToldPeer): void {
    const peers = this.#peers.get(roomId);
    peers?.delete(peerId);
    if (peers?.size === 0) this.#peers.delete(roomId);
  }

  #count(roomId: RoomId): number {
    return this.#deps.membersOf(roomId).length;
  }
}

interface Knocker {
  readonly roomId: RoomId;
  readonly userId: UserId;
  readonly peerId?: PeerId | undefined;
  readonly displayName: string | null;
}

function secondsFrom(start: number, end: number): number {
  return Math.max(0, Math.round((end - start) / 1_000));
}
