import type { PeerId, UserId } from '../../domain/ids.ts';
import type { CallPath, ServerEvent, ServerPayload } from '../../protocol/events.ts';
import type { Relayed } from '../wire/frame-writer.ts';

/** Whoever can have a call: a session, or what serves a participant that has no session here. */
export interface CallEnd {
  readonly peerId: PeerId;
  readonly userId: UserId;
  /** Created with its first call. */
  calls: Calls | undefined;
  /** @param re the message id that it answers */
  send<Event extends ServerEvent>(event: Event, payload: ServerPayload<Event>, re?: number): void;
  /** Sends a payload that another end wrote. */
  sendRelayed(event: ServerEvent, relayed: Relayed): void;
}

/** The calls of one end. */
export interface Calls {
  /** Target of messages without `to`: the peer of the last offer, sent or received, or the call that rings [CA3]. */
  counterpart: PeerId | Ring | undefined;
  /** The ends that it has a call with, oldest first; each has this one in its own list [CA5]. */
  linked: CallEnd[];
  /** By the other end's peer: how it says that its media gets there [CA8]. Created with the first report. */
  paths?: Map<PeerId, CallPath>;
  /** Its outgoing calls that haven't been answered yet. */
  ringing: Ring[];
  /** The calls that ring here. */
  rungBy: Ring[];
}

/** A direct call that hasn't been answered yet [CA6]. */
export interface Ring {
  readonly caller: CallEnd;
  /** The user who is called. */
  readonly userId: string;
  /** The sessions that ring, in no order; empty once the call is taken or over. */
  sessions: CallEnd[];
}
