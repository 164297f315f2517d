import type { LeaveReason } from '../../protocol/events.ts';
import type { Peer } from '../../protocol/fields.ts';
import type { Clock } from '../signaling/clock.ts';
import type { Remote } from './remote.ts';
import type { Description } from './signals.ts';

/** Milliseconds after this side's return in which others, who lost the same server, may return too. */
const RETURN_MS = 30_000;

interface RosterDeps {
  readonly clock: Clock;
  readonly create: (peer: Peer, offers: boolean) => Remote;
  readonly onJoined: (remote: Remote) => void;
  readonly onLeft: (remote: Remote, reason: LeaveReason) => void;
}

/**
 * Who is in the call. Whoever was there before a session was lost is an orphan, and keeps the media path, until the same
 * user is back under a new peer id.
 */
export class Roster {
  readonly #deps: RosterDeps;
  readonly #peers = new Map<string, Remote>();
  readonly #orphans = new Set<Remote>();
  #cancelReturn: (() => void) | undefined;

  constructor(deps: RosterDeps) {
    this.#deps = deps;
  }

  /** By peer id; orphans under their old one. */
  get peers(): ReadonlyMap<string, Remote> {
    return this.#peers;
  }

  /** Makes everybody an orphan: this session is new, and so will be everybody's peer id. */
  orphanAll(): void {
    this.#cancelReturn?.();
    for (const remote of this.#peers.values()) {
      remote.orphan();
      this.#orphans.add(remote);
    }
  }

  /** Adds those whom this side finds inside. `returning`: others may still be on their way back. */
  enter(peers: readonly Peer[], returning: boolean): void {
    for (const peer of peers) this.add(peer, true, !returning);
    if (this.#orphans.size === 0) return;
    this.#cancelReturn = this.#deps.clock.after(RETURN_MS, () => {
      for (const remote of this.#orphans) this.#drop(remote, 'timeout');
    });
  }

  /** Adds a peer, or gives it back the orphan of the same user. `quietly`: without `onJoined`. */
  add(peer: Peer, offers: boolean, quietly = false): void {
    const known = [...this.#orphans].find(({ userId }) => userId === peer.userId);
    if (known !== undefined) {
      this.#rebind(known, peer, offers);
      return;
    }
    const remote = this.#deps.create(peer, offers);
    this.#peers.set(peer.peerId, remote);
    if (!quietly) this.#deps.onJoined(remote);
  }

  /**
   * Returns who made an offer. The offer may name a connection, which tells two orphans of one user apart: if the other
   * one was meant, the two are exchanged.
   */
  claimOffer(peerId: string, { connection }: Description): Remote | undefined {
    const remote = this.#peers.get(peerId);
    if (remote === undefined || connection?.to === undefined || remote.connection?.id === connection.to)
      return remote;
    const meant = [...this.#orphans].find(
      (orphan) => orphan.userId === remote.userId && orphan.connection?.id === connection.to,
    );
    if (meant === undefined) return remote;
    const { peer } = remote;
    const oldId = meant.peerId;
    this.#rebind(meant, peer, false);
    remote.orphan();
    this.#orphans.add(remote);
    this.#peers.set(oldId, remote);
    return meant;
  }

  remove(peerId: string, reason: LeaveReason): void {
    const remote = this.#peers.get(peerId);
    if (remote !== undefined) this.#drop(remote, reason);
  }

  close(): void {
    this.#cancelReturn?.();
    for (const remote of this.#peers.values()) remote.close();
    this.#peers.clear();
    this.#orphans.clear();
  }

  #rebind(remote: Remote, peer: Peer, offers: boolean): void {
    this.#orphans.delete(remote);
    this.#forget(remote);
    this.#peers.set(peer.peerId, remote);
    remote.rebind(peer, offers);
  }

  #drop(remote: Remote, reason: LeaveReason): void {
    this.#orphans.delete(remote);
    this.#forget(remote);
    remote.close();
    this.#deps.onLeft(remote, reason);
  }

  #forget(remote: Remote): void {
    for (const [peerId, each] of this.#peers) if (each === remote) this.#peers.delete(peerId);
  }
}
