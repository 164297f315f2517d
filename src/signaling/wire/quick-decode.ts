import type { PeerId } from '../../domain/ids.ts';
import { bytesOf } from '../../lib/ascii.ts';
import { type Borrowed, textOf } from '../../lib/borrowed.ts';
import { UUID } from '../../protocol/fields.ts';
import { CANDIDATES, LIMIT_DEFAULTS } from '../../protocol/limits.ts';
import { type CallMessage, type MessageOf, PLAIN_MESSAGE_BYTES } from './client-message.ts';
import { JsonScan } from './json-scan.ts';

const SDP = 1;
const CANDIDATE = 2;
const CANDIDATE_LIST = 4;
const SEQ = 8;

/** The messages that a call consists of. `needs`: members of which the payload must have at least one. */
const EVENTS = (
  [
    { event: 'call:ice', needs: CANDIDATE | CANDIDATE_LIST },
    { event: 'session:ack', needs: SEQ },
    { event: 'call:offer', needs: SDP },
    { event: 'call:answer', needs: SDP },
  ] as const
).map((known) => ({ ...known, name: bytesOf(`"${known.event}"`) }));
type Known = (typeof EVENTS)[number];

const OPENING = bytesOf('{');
const CLOSING = bytesOf('}');
const COMMA = bytesOf(',');
const LIST_OPENING = bytesOf('[');
const LIST_CLOSING = bytesOf(']');
const QUOTE = bytesOf('"');
const NULL = bytesOf('null');

const EVENT_NAME = bytesOf('"event":');
const ID_NAME = bytesOf('"id":');
const PAYLOAD_NAME = bytesOf('"payload":');
const TO_NAME = bytesOf('"to":');
const SDP_NAME = bytesOf('"sdp":');
const CANDIDATE_NAME = bytesOf('"candidate":');
const CANDIDATE_LIST_NAME = bytesOf('"candidates":');
const SEQ_NAME = bytesOf('"seq":');
/**
 * Members that are left to the slow way: repeated ones, `userId`, which addresses a user instead of a peer, and those that
 * must be cut out [CA2].
 */
const DECLINED = ['to', 'sdp', 'candidate', 'candidates', 'seq', 'userId', 'from', 'fromUserId'].map((name) =>
  bytesOf(`"${name}"`),
);

const COUNT_DIGITS = 15;
const UUID_BYTES = 36;
/** Nesting of a payload's member: inside the message and its payload. */
const LEVEL = 2;

/** One for all messages: each is decoded before the next one arrives. */
const scan = new JsonScan(LIMIT_DEFAULTS.messageBytes);
/** What was read of the current message's payload so far. */
let to: string | undefined;
let has = 0;
let seq = 0;
let payloadStart = 0;
let payloadEnd = 0;

/**
 * Recognises the messages that a call consists of (an offer, an answer, candidates, the receipts in between), with
 * their members in any order and no space between them. It validates them as the schemas would, but parses nothing:
 * strings and objects from parsing would be most of the garbage.
 * @param likely the peer that a call message is probably for
 * @returns undefined for any other message, which then goes through `JSON.parse` and its schema
 */
export function quickDecode(
  bytes: Borrowed,
  likely?: PeerId,
): CallMessage | MessageOf<'session:ack'> | undefined {
  if (!scan.begin(bytes) || !scan.take(OPENING)) return undefined;
  let known: Known | undefined;
  let id: number | undefined;
  has = 0;
  do {
    if (known === undefined && scan.take(EVENT_NAME)) {
      known = EVENTS.find(({ name }) => scan.take(name));
      if (known === undefined) return undefined;
    } else if (id === undefined && scan.take(ID_NAME)) {
      id = scan.takeCount(COUNT_DIGITS);
      if (id === 0) return undefined;
    } else if (has === 0 && scan.take(PAYLOAD_NAME)) {
      if (!takePayload(likely)) return undefined;
    } else return undefined;
  } while (scan.take(COMMA));
  if (!scan.take(CLOSING) || !scan.atEnd || known === undefined || (has & known.needs) === 0)
    return undefined;
  const { event } = known;
  if (event !== 'session:ack') {
    return { event, id, to, userId: undefined, rest: scan.part(payloadStart, payloadEnd) };
  }
  // A large receipt is refused [WS3].
  return bytes.length > PLAIN_MESSAGE_BYTES ? undefined : { event, id, payload: { seq } };
}

function takePayload(likely: PeerId | undefined): boolean {
  if (!scan.take(OPENING)) return false;
  payloadStart = scan.at;
  to = undefined;
  do {
    if (!takeMember(likely)) return false;
  } while (scan.take(COMMA));
  payloadEnd = scan.at + 1;
  return scan.take(CLOSING);
}

function takeMember(likely: PeerId | undefined): boolean {
  if (to === undefined && scan.take(TO_NAME)) {
    to = likely !== undefined && scan.takeText(likely) ? likely : takeUuid();
    return to !== undefined;
  }
  if ((has & CANDIDATE) === 0 && scan.take(CANDIDATE_NAME)) {
    has |= CANDIDATE;
    return (seesDescription() || scan.sees(NULL)) && scan.takeValue(LEVEL);
  }
  if ((has & SDP) === 0 && scan.take(SDP_NAME)) {
    has |= SDP;
    return seesDescription() && scan.takeValue(LEVEL);
  }
  if ((has & SEQ) === 0 && scan.take(SEQ_NAME)) {
    has |= SEQ;
    seq = scan.takeCount(COUNT_DIGITS);
    return seq > 0;
  }
  if ((has & CANDIDATE_LIST) === 0 && scan.take(CANDIDATE_LIST_NAME)) {
    has |= CANDIDATE_LIST;
    return takeCandidates();
  }
  return !DECLINED.some((name) => scan.sees(name)) && scan.takeName() && scan.takeValue(LEVEL);
}

/** Whether text or an object comes next: to the server a description or candidate is either [CA1]. */
function seesDescription(): boolean {
  return scan.sees(OPENING) || scan.sees(QUOTE);
}

function takeCandidates(): boolean {
  if (!scan.take(LIST_OPENING)) return false;
  if (scan.take(LIST_CLOSING)) return true;
  let count = 0;
  do {
    count += 1;
    if (count > CANDIDATES || !(seesDescription() || scan.sees(NULL)) || !scan.takeValue(LEVEL + 1))
      return false;
  } while (scan.take(COMMA));
  return scan.take(LIST_CLOSING);
}

function takeUuid(): string | undefined {
  const from = scan.at + 1;
  if (!scan.takeValue() || scan.at - from !== UUID_BYTES + 1) return undefined;
  const text = textOf(scan.part(from, from + UUID_BYTES));
  return UUID.test(text) ? text : undefined;
}
