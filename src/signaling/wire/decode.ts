import * as v from 'valibot';
import { type FieldError, ParleyError } from '../../domain/errors.ts';
import type { PeerId } from '../../domain/ids.ts';
import { depthWithin } from '../../lib/json-depth.ts';
import { type ClientEvent, type ClientPayload, clientEvents } from '../../protocol/events.ts';
import { JSON_LEVELS } from '../../protocol/limits.ts';
import type { CallMessage } from './call-message.ts';
import { isMessageId, parseJson, readHead, readUsualHead } from './frame-head.ts';
import { memberText } from './json-text.ts';
import { readUsualCall } from './usual-call.ts';
import { readUsualReceipt } from './usual-receipt.ts';

/** Bytes of a WebSocket message that is not `call:*` [WS3]. */
export const PLAIN_MESSAGE_BYTES = 8_192;

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

/** A text that is refused. `id` where it could be read: it is used up and answered all the same [WS4]. */
export interface BadFrame {
  readonly id: number | undefined;
  /** `invalid_message` if it is missing. */
  readonly code?: 'too_large';
  readonly problem: string;
}

const EVENTS: ReadonlySet<string> = new Set(Object.keys(clientEvents));
const CALL_EVENTS: ReadonlySet<string> = new Set([...EVENTS].filter((event) => event.startsWith('call:')));

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
  return readChecked(bytes);
}

/** Checks depth and size before anything is parsed: parsing is what a stranger could make expensive. */
function readChecked(bytes: Uint8Array): ClientFrame | BadFrame {
  if (!depthWithin(bytes, JSON_LEVELS)) {
    return { id: readHead(bytes).id, problem: `a message is nested at most ${JSON_LEVELS} levels deep` };
  }
  const isLarge = bytes.length > PLAIN_MESSAGE_BYTES;
  if (isLarge) {
    const { event, id } = readHead(bytes);
    if (!isCallEvent(event)) return tooLarge(id);
  }
  const text = textOf(bytes);
  const frame = readUsual(text, bytes) ?? readAny(text);
  // A second `event` may have been hidden behind the payload.
  return isLarge && 'event' in frame && !isCallEvent(frame.event) ? tooLarge(frame.id) : frame;
}

function tooLarge(id: number | undefined): BadFrame {
  const problem = `only call messages may be over ${PLAIN_MESSAGE_BYTES} bytes: send a smaller one`;
  return { id, code: 'too_large', problem };
}

function isCallEvent(event: string | undefined): boolean {
  return event !== undefined && CALL_EVENTS.has(event);
}

/**
 * What follows the usual beginning is the payload and nothing else exactly if it is JSON by itself, without the last
 * brace. Then it need not be looked for, nor the frame parsed twice.
 */
function readUsual(text: string, bytes: Uint8Array): ClientFrame | undefined {
  const head = readUsualHead(text);
  if (head === undefined || !text.endsWith('}')) return undefined;
  const { event, id, length } = head;
  const payload = parseJson(text.slice(length, -1));
  if (payload === undefined) return undefined;
  // The beginning is ASCII: as many bytes as characters.
  return { event, id, payload, body: bytes.subarray(length, -1) };
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

function textOf({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString();
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
