import type { PeerId } from '../../domain/ids.ts';
import { bytesOf } from '../../lib/ascii.ts';
import { UUID } from '../../protocol/fields.ts';
import { LIMIT_DEFAULTS } from '../../protocol/limits.ts';
import type { CallMessage } from './call-message.ts';
import { JsonScan } from './json-scan.ts';

/** A call message and the number that its sender gave it. */
export interface NumberedCall {
  readonly id: number | undefined;
  readonly call: CallMessage;
}

const TEXT_OR_OBJECT = [bytesOf('"'), bytesOf('{')];
/** What each says to its peer. */
const EVENTS = (
  [
    { event: 'call:offer', member: 'sdp', values: TEXT_OR_OBJECT },
    { event: 'call:answer', member: 'sdp', values: TEXT_OR_OBJECT },
    { event: 'call:ice', member: 'candidate', values: [...TEXT_OR_OBJECT, bytesOf('null')] },
  ] as const
).map(({ event, member, values }) => ({
  event,
  beginning: bytesOf(`{"event":"${event}",`),
  member: bytesOf(`"${member}":`),
  /** How its value may begin. */
  values,
}));
type Usual = (typeof EVENTS)[number];
const ID = bytesOf('"id":');
const MOST_ID_DIGITS = 15;
const PAYLOAD = bytesOf('"payload":{');
const TO = bytesOf('"to":');
const UUID_BYTES = 36;
/** What comes a second time, or in another form; what names somebody else; what has to be taken out [CA2]. */
const UNUSUAL = ['to', 'sdp', 'candidate', 'candidates', 'userId', 'from', 'fromUserId'].map((name) =>
  bytesOf(`"${name}"`),
);
const COMMA = bytesOf(',');
/** A member's value is inside of two objects: the message and its payload. */
const LEVEL = 2;
const END = bytesOf('}}');

/** All messages go through this one, each to its end before the next. A longer one is for the schema. */
const scan = new JsonScan(LIMIT_DEFAULTS.messageBytes);

/**
 * Recognises an offer, answer or candidate to a peer that the schema would accept, as nearly every client writes it:
 * fields in the contract's order, no space between them. It parses nothing, because texts and objects that come of
 * parsing would be most of the garbage. All other messages go through the schema.
 * @param likely the peer that it is for, if any
 * @returns a message that is valid until the next call
 */
export function readUsualCall(bytes: Uint8Array, likely?: PeerId): NumberedCall | undefined {
  if (!scan.begin(bytes)) return undefined;
  const usual = EVENTS.find(({ beginning }) => scan.take(beginning));
  if (usual === undefined) return undefined;
  const id = scan.take(ID) ? scan.takeCount(MOST_ID_DIGITS) : undefined;
  if (id !== undefined && !(id > 0 && scan.take(COMMA))) return undefined;
  if (!scan.take(PAYLOAD)) return undefined;
  const start = scan.at;
  const to = readMembers(usual, likely);
  if (to === undefined || !scan.take(END) || !scan.atEnd) return undefined;
  const { event } = usual;
  return { id, call: { event, to, userId: undefined, rest: scan.part(start, scan.at - 1) } };
}

/** @returns the peer that `to` names, if the event's own member is there too, and nothing unusual */
function readMembers({ member, values }: Usual, likely: PeerId | undefined): string | undefined {
  let to: string | undefined;
  let isComplete = false;
  do {
    if (to === undefined && scan.take(TO)) {
      to = likely !== undefined && scan.takeString(likely) ? likely : takeUuid();
      if (to === undefined) return undefined;
    } else if (!isComplete && scan.take(member)) {
      isComplete = values.some((beginning) => scan.sees(beginning)) && scan.takeValue(LEVEL);
      if (!isComplete) return undefined;
    } else if (UNUSUAL.some((name) => scan.sees(name)) || !scan.takeName() || !scan.takeValue(LEVEL)) {
      return undefined;
    }
  } while (scan.take(COMMA));
  return isComplete ? to : undefined;
}

function takeUuid(): string | undefined {
  const from = scan.at + 1;
  if (!scan.takeValue() || scan.at - from !== UUID_BYTES + 1) return undefined;
  const text = Buffer.from(scan.part(from, from + UUID_BYTES)).toString('latin1');
  return UUID.test(text) ? text : undefined;
}
