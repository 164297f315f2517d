import type { PeerId, RoomId, UserId } from '../../domain/ids.ts';
import type { Awaitable } from '../../lib/awaitable.ts';

/** A peer of which webhooks have told that it joined. */
export interface ToldPeer {
  readonly peerId: PeerId;
  readonly roomId: RoomId;
  readonly userId: UserId;
  readonly displayName: string | null;
  readonly joinedAt: number;
}

/** A call of which webhooks have told that it started. */
export interface ToldCall {
  readonly roomId: RoomId;
  readonly callId: string;
  readonly startedAt: number;
  /** Most peers inside at once. */
  readonly peak: number;
}

/** Whose end webhooks still have to tell [CT5]. */
export interface InsideStore {
  /** Soon. Runs writes of this store and of `webhooks` so that all are stored or none. */
  together(writes: () => void): void;
  /** Call these in `together`, or in a transaction. */
  addPeer(peer: ToldPeer): void;
  /** Returns false if it isn't there: its write was lost, and nobody was told. */
  removePeer(peerId: PeerId): Awaitable<boolean>;
  addCall(call: ToldCall): void;
  setPeak(roomId: RoomId, peak: number): void;
  /** The same for a call. */
  removeCall(roomId: RoomId): Awaitable<boolean>;
  /** Those who came first are first. */
  peers(): Awaitable<readonly ToldPeer[]>;
  calls(): Awaitable<readonly ToldCall[]>;
}
