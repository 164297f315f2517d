import type { ServerPayload } from '../../protocol/events.ts';
import type { ServerMessage } from '../signaling/frames.ts';
import type { RemotePeer } from '../types.ts';
import type { CallSession } from './call-session.ts';

/** What the server says on entry. */
export type Inside = ServerPayload<'room:joined'>;

/** What a part of a call is given. */
export interface PartDeps {
  readonly session: Pick<CallSession, 'request' | 'tell'>;
  /** The others, by peer id. */
  readonly peers: () => ReadonlyMap<string, RemotePeer>;
  /** This side's peer id; undefined before it is inside. */
  readonly ownId: () => string | undefined;
}

/** A part of a call that keeps what the server says about one subject. */
export interface CallPart {
  handle(message: ServerMessage): void;
  /** @param returning whether this side was inside before and has lost its session */
  enter(inside: Inside, returning: boolean): void;
}
