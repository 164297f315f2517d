import * as v from 'valibot';
import type { ServerPayload } from '../../protocol/events.ts';
import { MediaState } from '../../protocol/fields.ts';
import type { TrackKind } from '../types.ts';
import type { Candidate } from './candidates.ts';

/** Max codecs that a peer may name. */
export const HARDWARE_NAMES = 8;

/**
 * Fields that two of these SDKs add to the protocol's own; the server relays them unread [CA1]. For a peer without them,
 * tracks are identified by their order, candidates are sent one by one, and a new session means a new connection.
 */
const Extras = v.looseObject({
  /**
   * `from` identifies the sender's RTCPeerConnection, `to` the receiver's that it is connected to, if any. `offer` counts
   * the offers of `from`; an answer repeats the number of the offer.
   */
  connection: v.optional(
    v.object({ from: v.string(), to: v.optional(v.string()), offer: v.pipe(v.number(), v.safeInteger()) }),
  ),
  /** Which kind the sender sends on each m-line, by mid. */
  tracks: v.optional(v.record(v.string(), v.picklist(['microphone', 'camera', 'screen', 'screenAudio']))),
  /** Whether the sender takes messages on a data channel. */
  data: v.optional(v.boolean()),
  /** Codecs that the sender encodes in hardware, such as `H264`. A word of a later version is no reason to forget the rest. */
  hardware: v.fallback(
    v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(16))), v.maxLength(HARDWARE_NAMES))),
    undefined,
  ),
});

export type ConnectionRef = NonNullable<v.InferOutput<typeof Extras>['connection']>;

/** SDP is text, or an RTCSessionDescriptionInit as many clients send it [CA1]. */
const SdpObject = v.object({ sdp: v.string() });
const CandidateObject = v.object({
  candidate: v.string(),
  sdpMid: v.optional(v.nullable(v.string())),
  sdpMLineIndex: v.optional(v.nullable(v.number())),
  usernameFragment: v.optional(v.nullable(v.string())),
});

export interface Description {
  readonly sdp: string;
  /** Whether the peer sent an object: it is answered with one. */
  readonly asObject: boolean;
  readonly connection: ConnectionRef | undefined;
  readonly tracks: ReadonlyMap<string, TrackKind> | undefined;
  readonly takesData: boolean;
  /** What the peer encodes in hardware. */
  readonly hardware: readonly string[];
}

/** Returns undefined if the payload has no SDP. */
export function readDescription(
  payload: ServerPayload<'call:offer' | 'call:answer'>,
): Description | undefined {
  const { sdp } = payload;
  const text = typeof sdp === 'string' ? sdp : v.safeParse(SdpObject, sdp);
  if (typeof text !== 'string' && !text.success) return undefined;
  const extras = v.safeParse(Extras, payload);
  const { connection, tracks, data = false, hardware = [] } = extras.success ? extras.output : {};
  return {
    sdp: typeof text === 'string' ? text : text.output.sdp,
    asObject: typeof text !== 'string',
    connection,
    tracks: tracks === undefined ? undefined : new Map(Object.entries(tracks)),
    takesData: data,
    hardware,
  };
}

/** The readable candidates of a message that has one or many. */
export function readCandidates({
  candidate,
  candidates = [],
}: ServerPayload<'call:ice'>): RTCIceCandidateInit[] {
  return [candidate, ...candidates].map(readCandidate).filter((read) => read !== undefined);
}

/** What the sender of a direct call's signal says that it sends; rooms have an event of their own for it. */
export function readMedia(payload: object): MediaState | undefined {
  const read = v.safeParse(v.looseObject({ media: MediaState }), payload);
  return read.success ? read.output.media : undefined;
}

/** Returns undefined also for the end of candidates, which needs no action. */
function readCandidate(entry: unknown): Candidate | undefined {
  if (typeof entry === 'string') return entry === '' ? undefined : { candidate: entry, sdpMLineIndex: 0 };
  const parsed = v.safeParse(CandidateObject, entry);
  if (!parsed.success || parsed.output.candidate === '') return undefined;
  const { candidate, sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = parsed.output;
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
}
