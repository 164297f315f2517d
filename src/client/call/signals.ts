import * as v from 'valibot';
import type { ServerPayload } from '../../protocol/events.ts';
import type { TrackKind } from '../types.ts';
import type { Candidate } from './candidates.ts';

/**
 * What two of these SDKs tell each other beside the protocol's own fields, which the server relays unread [CA1].
 * A peer that says none of it speaks the bare protocol: its tracks are told apart by their order, its candidates go
 * one to a message, and its connection is made anew where its session was.
 */
const Extras = v.looseObject({
  /**
   * `from` names the sender's RTCPeerConnection, `to` the receiver's that it was connected to, if any. `offer` counts
   * the offers of `from`; an answer repeats the number of the offer that it answers.
   */
  connection: v.optional(
    v.object({ from: v.string(), to: v.optional(v.string()), offer: v.pipe(v.number(), v.safeInteger()) }),
  ),
  /** What each m-line, by its mid, carries from the sender. */
  tracks: v.optional(v.record(v.string(), v.picklist(['microphone', 'camera', 'screen', 'screenAudio']))),
});

export type ConnectionRef = NonNullable<v.InferOutput<typeof Extras>['connection']>;

/** Text, as we write it, or an RTCSessionDescriptionInit, as many write it [CA1]. */
const SdpObject = v.object({ sdp: v.string() });
const CandidateObject = v.object({
  candidate: v.string(),
  sdpMid: v.optional(v.nullable(v.string())),
  sdpMLineIndex: v.optional(v.nullable(v.number())),
  usernameFragment: v.optional(v.nullable(v.string())),
});

export interface Description {
  readonly sdp: string;
  /** Whether the peer wrote an object; it is answered in its own way. */
  readonly asObject: boolean;
  readonly connection: ConnectionRef | undefined;
  readonly tracks: ReadonlyMap<string, TrackKind> | undefined;
}

/** @returns undefined where there is no SDP to be found */
export function readDescription(
  payload: ServerPayload<'call:offer' | 'call:answer'>,
): Description | undefined {
  const { sdp } = payload;
  const text = typeof sdp === 'string' ? sdp : v.safeParse(SdpObject, sdp);
  if (typeof text !== 'string' && !text.success) return undefined;
  const extras = v.safeParse(Extras, payload);
  const { connection, tracks } = extras.success ? extras.output : {};
  return {
    sdp: typeof text === 'string' ? text : text.output.sdp,
    asObject: typeof text !== 'string',
    connection,
    tracks: tracks === undefined ? undefined : new Map(Object.entries(tracks)),
  };
}

/** The candidates of one message, one or many, those that can be read. */
export function readCandidates({
  candidate,
  candidates = [],
}: ServerPayload<'call:ice'>): RTCIceCandidateInit[] {
  return [candidate, ...candidates].map(readCandidate).filter((read) => read !== undefined);
}

/** Undefined also for the end of candidates, which nobody needs to be told. */
function readCandidate(entry: unknown): Candidate | undefined {
  if (typeof entry === 'string') return entry === '' ? undefined : { candidate: entry, sdpMLineIndex: 0 };
  const parsed = v.safeParse(CandidateObject, entry);
  if (!parsed.success || parsed.output.candidate === '') return undefined;
  const { candidate, sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = parsed.output;
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
}
