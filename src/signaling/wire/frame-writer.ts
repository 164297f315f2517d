import { bytesOf } from '../../lib/ascii.ts';
import type { Borrowed } from '../../lib/borrowed.ts';
import type { ServerEvent } from '../../protocol/events.ts';

/** A message to a client, without its number. */
export interface Outgoing {
  readonly event: ServerEvent;
  /** The message id that it answers. */
  readonly re?: number | undefined;
  /** The payload as JSON text. A message has this, or `relayed`, or no payload. */
  readonly body?: string | undefined;
  readonly relayed?: Relayed | undefined;
}

/** A relayed payload: its JSON in UTF-8, in two parts. */
export interface Relayed {
  /** The opening brace and the sender's ids, which only the server sets [CA2]. */
  readonly stamp: Uint8Array;
  /** What the sender wrote after its opening brace. */
  readonly rest: Borrowed;
}

const RE = bytesOf(',"re":');
const PAYLOAD = bytesOf(',"payload":');
const CLOSING_BRACE = 0x7d;
const ZERO = 0x30;

/** The beginning of a frame, by event. */
const beginnings = new Map<ServerEvent, Uint8Array>();

function beginningOf(event: ServerEvent): Uint8Array {
  let beginning = beginnings.get(event);
  if (beginning === undefined) {
    beginning = bytesOf(`{"event":"${event}","seq":`);
    beginnings.set(event, beginning);
  }
  return beginning;
}

/** [WS3] Returns a frame as text. Only the welcome of a resumed session has no `seq` [SE1]. */
export function frameText(
  event: ServerEvent,
  seq: number | undefined,
  body: string | undefined,
  re?: number,
): string {
  const numbered = seq === undefined ? '' : `,"seq":${seq}`;
  const answering = re === undefined ? '' : `,"re":${re}`;
  const payload = body === undefined ? '' : `,"payload":${body}`;
  return `{"event":"${event}"${numbered}${answering}${payload}}`;
}

/** Returns the number of bytes that `writeFrame` will write. */
export function frameLength({ event, re, body, relayed }: Outgoing, seq: number): number {
  let length = beginningOf(event).length + digitsOf(seq) + 1;
  if (re !== undefined) length += RE.length + digitsOf(re);
  if (body !== undefined) length += PAYLOAD.length + Buffer.byteLength(body);
  else if (relayed !== undefined) length += PAYLOAD.length + relayed.stamp.length + relayed.rest.length;
  return length;
}

/** [WS3] Writes a frame at `from`, its fields in their fixed order: event, seq, re, payload. */
export function writeFrame(
  { event, re, body, relayed }: Outgoing,
  seq: number,
  to: Buffer,
  from: number,
): void {
  let at = putBytes(beginningOf(event), to, from);
  at = putCount(seq, to, at);
  if (re !== undefined) at = putCount(re, to, putBytes(RE, to, at));
  if (body !== undefined) {
    at = putBytes(PAYLOAD, to, at);
    at += to.write(body, at);
  } else if (relayed !== undefined) {
    at = putBytes(PAYLOAD, to, at);
    at = putBytes(relayed.stamp, to, at);
    at = putBytes(relayed.rest, to, at);
  }
  to[at] = CLOSING_BRACE;
}

function putBytes(bytes: ArrayLike<number>, to: Uint8Array, at: number): number {
  to.set(bytes, at);
  return at + bytes.length;
}

function putCount(count: number, to: Uint8Array, at: number): number {
  const end = at + digitsOf(count);
  let left = count;
  for (let place = end - 1; place >= at; place -= 1) {
    const digit = left % 10;
    to[place] = ZERO + digit;
    left = (left - digit) / 10;
  }
  return end;
}

function digitsOf(count: number): number {
  let digits = 1;
  for (let bound = 10; count >= bound; bound *= 10) digits += 1;
  return digits;
}
