import * as v from 'valibot';
import { type FieldError, ParleyError } from '../lib/errors.ts';
import type { PeerId } from '../lib/ids.ts';
import { type ClientEvent, type ClientPayload, clientEvents } from '../protocol/events.ts';
import type { CallMessage } from '../signaling/call-message.ts';
import { memberText } from '../signaling/json-text.ts';
import { readUsualCall } from './usual-call.ts';
import { readUsualReceipt } from './usual-receipt.ts';

/** A client's message, its payload not yet looked at. */
export interface ClientFrame {
  readonly event: string;
  readonly id: number | undefined;
  /** `{}` where none was given. Undefined with `call`. */
  readonly payload: unknown;
  /** The payload's JSON as it came, in UTF-8. */
  readonly body: Uint8Array;
  /** Where it is a call's and valid beyond doubt: all that the payload says. Nobody has parsed that, then. */
  readonly call?: CallMessage | undefined;
  /** Where it is `room:join` and was found to be valid: the payload. */
  readonly join?: ClientPayload<'room:join'> | undefined;
}

/** A text that is no message. `id` where it could be read: it is used up and answered all the same [WS4]. */
export interface BadFrame {
  readonly id: number | undefined;
  readonly problem: string;
}

/** As nearly every client writes it: fields in the contract's order, the payload last. */
const USUAL = /^\{"event":"([a-z:]{1,32})",(?:"id":([1-9]\d{0,14}),)?"payload":/;

const EVENTS: ReadonlySet<string> = new Set(Object.keys(clientEvents));

export const NO_PAYLOAD = Buffer.from('{}');

/**
 * [WS3] `{event, id?, payload?}` from a message's bytes. Never throws.
 * @param likely the peer that it is for, where it is a call's
 * @returns a message that is valid until the next call
 */
export function readFrame(bytes: Uint8Array, likely?: PeerId): ClientFrame | BadFrame {
  const seq = readUsualReceipt(bytes);
  if (seq !== undefined) return { event: 'session:ack', id: undefined, payload: { seq }, body: NO_PAYLOAD };
  const usual = readUsualCall(bytes, likely);
  if (usual !== undefined) {
    const { id, call } = usual;
    return { event: call.event, id, payload: undefined, body: NO_PAYLOAD, call };
  }
  const text = textOf(bytes);
  return readUsual(text, bytes) ?? readAny(text);
}

/**
 * What follows the usual beginning is the payload and nothing else exactly if it is JSON by itself, without the last
 * brace. Then it need not be looked for, nor the frame parsed twice.
 */
function readUsual(text: string, bytes: Uint8Array): ClientFrame | undefined {
  const head = USUAL.exec(text);
  if (head === null || !text.endsWith('}')) return undefined;
  const { length } = head[0];
  const payload = parseJson(text.slice(length, -1));
  if (payload === undefined) return undefined;
  return {
    event: head[1] ?? '',
    id: head[2] === undefined ? undefined : Number(head[2]),
    payload,
    // The beginning is ASCII: as many bytes as characters.
    body: bytes.subarray(length, -1),
  };
}

function readAny(text: string): ClientFrame | BadFrame {
  const frame = parseJson(text);
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) {
    return { id: undefined, problem: 'a message is one JSON object: {"event":…,"id":…,"payload":…}' };
  }
  const id = 'id' in frame && isMessageId(frame.id) ? frame.id : undefined;
  if ('id' in frame && id === undefined) return { id, problem: '`id` must be a positive integer' };
  if (!('event' in frame) || typeof frame.event !== 'string')
    return { id, problem: '`event` must be a string' };
  if (!Object.hasOwn(frame, 'payload')) return { event: frame.event, id, payload: {}, body: NO_PAYLOAD };
  const payload = 'payload' in frame ? frame.payload : {};
  return { event: frame.event, id, payload, body: Buffer.from(memberText(text, 'payload') ?? '{}') };
}

export function textOf({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString();
}

function isMessageId(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

export function isClientEvent(name: string): name is ClientEvent {
  return EVENTS.has(name);
}

/** @throws ParleyError `invalid_message`, with the path of the first field that is wrong */
export function parsePayload<S extends v.GenericSchema>(schema: S, payload: unknown): v.InferOutput<S> {
  // To valibot an array is an object too.
  if (Array.isArray(payload)) throw new ParleyError('invalid_message', 'payload: must be an object');
  const { success, output, issues } = tryParse(schema, payload);
  if (success) return output;
  const [first] = issues.map(
    (issue): FieldError => ({ path: v.getDotPath(issue) ?? '', message: issue.message }),
  );
  const where = first?.path ? `payload.${first.path}` : 'payload';
  throw new ParleyError('invalid_message', `${where}: ${first?.message ?? 'not as it should be'}`);
}

function tryParse<S extends v.GenericSchema>(schema: S, payload: unknown): v.SafeParseResult<S> {
  try {
    return v.safeParse(schema, payload, { abortEarly: true, abortPipeEarly: true });
  } catch (cause) {
    // JSON can be nested deeper than it can be written again.
    if (!(cause instanceof RangeError)) throw cause;
    throw new ParleyError('invalid_message', 'payload: nested too deeply', { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
