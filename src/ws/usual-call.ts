import { bytesOf } from '../lib/ascii.ts';
import type { PeerId } from '../lib/ids.ts';
import { JsonScan } from '../lib/json-scan.ts';
import { UUID } from '../protocol/fields.ts';
import { LIMIT_DEFAULTS } from '../protocol/limits.ts';
import type { CallMessage } from '../signaling/call-message.ts';

/** A call message and the number that its sender gave it. */
export interface NumberedCall {
  readonly id: number | undefined;
  readonly call: CallMessage;
}

const EVENTS = (['call:offer', 'call:answer'] as const).map((event) => ({
  event,
  beginning: bytesOf(`{"event":"${event}",`),
}));
const ID = bytesOf('"id":');
const MOST_ID_DIGITS = 15;
const PAYLOAD = bytesOf('"payload":{');
const TO = bytesOf('"to":');
const UUID_BYTES = 36;
const SDP = bytesOf('"sdp":');
const TEXT_OR_OBJECT = [bytesOf('"'), bytesOf('{')];
/** What comes a second time, or in another form; what names somebody else; what has to be taken out [CA2]. */
const UNUSUAL = ['to', 'sdp', 'userId', 'from', 'fromUserId'].map((name) => bytesOf(`"${name}"`));
const COMMA = bytesOf(',');
const END = bytesOf('}}');

/** All messages go through this one, each to its end before the next. A longer one is for the schema. */
const scan = new JsonScan(LIMIT_DEFAULTS.messageBytes);

/**
 * An offer or answer to a peer as nearly every client writes it: fields in the contract's order, no space between
 * them. What is valid the schema says; this sees at a glance that it would say yes. The texts and objects that come
 * of parsing would be most of what there is to collect. All others are for the schema.
 * @param likely the peer that it is for, if any
 * @returns a message that is valid until the next call
 */
export function readUsualCall(bytes: Uint8Array, likely?: PeerId): NumberedCall | undefined {
  if (!scan.begin(bytes)) return undefined;
  const event = EVENTS.find(({ beginning }) => scan.take(beginning))?.event;
  if (event === undefined) return undefined;
  const id = scan.take(ID) ? scan.takeCount(MOST_ID_DIGITS) : undefined;
  if (id !== undefined && !(id > 0 && scan.take(COMMA))) return undefined;
  if (!scan.take(PAYLOAD)) return undefined;
  const start = scan.at;
  const to = readMembers(likely);
  if (to === undefined || !scan.take(END) || !scan.atEnd) return undefined;
  return { id, call: { event, to, userId: undefined, rest: scan.part(start, scan.at - 1) } };
}

/** @returns the peer that `to` names, where there is an `sdp` too, and nothing unusual */
function readMembers(likely: PeerId | undefined): string | undefined {
  let to: string | undefined;
  let hasSdp = false;
  do {
    if (to === undefined && scan.take(TO)) {
      to = likely !== undefined && scan.takeString(likely) ? likely : takeUuid();
      if (to === undefined) return undefined;
    } else if (!hasSdp && scan.take(SDP)) {
      hasSdp = TEXT_OR_OBJECT.some((beginning) => scan.sees(beginning)) && scan.takeValue();
      if (!hasSdp) return undefined;
    } else if (UNUSUAL.some((name) => scan.sees(name)) || !scan.takeName() || !scan.takeValue()) {
      return undefined;
    }
  } while (scan.take(COMMA));
  return hasSdp ? to : undefined;
}

function takeUuid(): string | undefined {
  const from = scan.at + 1;
  if (!scan.takeValue() || scan.at - from !== UUID_BYTES + 1) return undefined;
  const text = Buffer.from(scan.part(from, from + UUID_BYTES)).toString('latin1');
  return UUID.test(text) ? text : undefined;
}
