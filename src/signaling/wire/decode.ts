import * as v from 'valibot';
import type { PeerId } from '../../domain/ids.ts';
import { type Borrowed, lend, part, textOf } from '../../lib/borrowed.ts';
import { depthWithin } from '../../lib/json-depth.ts';
import { REQUIREMENTS } from '../../lib/requirements.ts';
import { CALL_EVENTS, type CallEvent, type ClientEvent, clientEvents } from '../../protocol/events.ts';
import { JSON_LEVELS } from '../../protocol/limits.ts';
import {
  type BadMessage,
  type CallMessage,
  type ClientMessage,
  type MessageOf,
  PLAIN_MESSAGE_BYTES,
  type PlainEvent,
} from './client-message.ts';
import { isMessageId, parseJson, readHead } from './frame-head.ts';
import { memberText, withoutMembers } from './json-members.ts';
import { quickDecode } from './quick-decode.ts';

/**
 * [WS3] Returns what a client's message asks for, validated, or why it is refused. Never throws.
 * @param bytes `{event, id?, payload?}`
 * @param likely the peer that a call message is probably for; if it is, its id is reused instead of decoded
 */
export function decode(bytes: Borrowed, likely?: PeerId): ClientMessage | BadMessage {
  return quickDecode(bytes, likely) ?? decodeAny(bytes);
}

type Decode = (id: number | undefined, payload: unknown, bytes: Borrowed) => ClientMessage | BadMessage;

const DECODERS: { readonly [Event in ClientEvent]: Decode } = {
  'call:offer': call('call:offer'),
  'call:answer': call('call:answer'),
  'call:ice': call('call:ice'),
  'call:hangup': call('call:hangup'),
  'call:path': plain('call:path'),
  'room:join': plain('room:join'),
  'room:leave': plain('room:leave'),
  'room:kick': plain('room:kick'),
  'room:lock': plain('room:lock'),
  'room:mute': plain('room:mute'),
  'room:close': plain('room:close'),
  'room:admit': plain('room:admit'),
  'room:refuse': plain('room:refuse'),
  'room:data': plain('room:data'),
  hand: plain('hand'),
  react: plain('react'),
  'peer:update': plain('peer:update'),
  'room:host': plain('room:host'),
  'room:send': plain('room:send'),
  chat: plain('chat'),
  'chat:edit': plain('chat:edit'),
  'chat:delete': plain('chat:delete'),
  'chat:react': plain('chat:react'),
  'chat:clear': plain('chat:clear'),
  'media:state': plain('media:state'),
  speaking: plain('speaking'),
  typing: plain('typing'),
  'session:ack': plain('session:ack'),
  'session:token': plain('session:token'),
  'session:bye': plain('session:bye'),
  ping: plain('ping'),
};

function plain<Event extends PlainEvent>(
  event: Event,
): (id: number | undefined, payload: unknown) => MessageOf<Event> | BadMessage {
  return (id, payload) => {
    const checked = check(clientEvents[event], id, payload);
    return 'problem' in checked ? checked : { event, id, payload: checked.output };
  };
}

function call(event: CallEvent): Decode {
  return (id, payload, bytes): CallMessage | BadMessage => {
    const checked = check<v.GenericSchema<unknown, Addressed>>(clientEvents[event], id, payload);
    if ('problem' in checked) return checked;
    const { to, userId } = checked.output;
    const body = memberText(bytes, 'payload') ?? NO_PAYLOAD;
    const isForged = Object.hasOwn(checked.output, 'from') || Object.hasOwn(checked.output, 'fromUserId');
    return {
      event,
      id,
      to,
      userId,
      rest: behindBrace(isForged ? withoutMembers(body, ['from', 'fromUserId']) : body),
    };
  };
}

interface Addressed {
  readonly to?: string | undefined;
  readonly userId?: string | undefined;
}

const NO_PAYLOAD = lend(Buffer.from('{}'));
const SPACES: readonly (number | undefined)[] = [0x20, 0x0a, 0x0d, 0x09];

/** Returns what follows an object's opening brace and the whitespace after it. */
function behindBrace(object: Borrowed): Borrowed {
  let at = 1;
  while (SPACES.includes(object[at])) at += 1;
  return part(object, at);
}

/** Checks depth and size before parsing, because parsing is what a stranger could make expensive. */
function decodeAny(bytes: Borrowed): ClientMessage | BadMessage {
  if (!depthWithin(bytes, JSON_LEVELS)) {
    return invalid(readHead(bytes).id, `A message must be nested at most ${JSON_LEVELS} levels deep.`);
  }
  const isLarge = bytes.length > PLAIN_MESSAGE_BYTES;
  if (isLarge) {
    const { event, id } = readHead(bytes);
    if (!isCallEvent(event)) return tooLarge(id);
  }
  const frame = parseJson(textOf(bytes));
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) {
    return invalid(undefined, 'A message must be one JSON object: `{"event":…,"id":…,"payload":…}`.');
  }
  const id = 'id' in frame && isMessageId(frame.id) ? frame.id : undefined;
  if ('id' in frame && id === undefined) return invalid(id, '`id` must be a positive integer.');
  if (!('event' in frame) || typeof frame.event !== 'string') return invalid(id, '`event` must be a string.');
  const { event } = frame;
  // `readHead` ignores members after the 64th, but `JSON.parse` doesn't.
  if (isLarge && !isCallEvent(event)) return tooLarge(id);
  if (!isClientEvent(event)) {
    const problem = `There is no event ${JSON.stringify(event.slice(0, 64))}. Check its name.`;
    return { id, code: 'unknown_event', problem };
  }
  const payload = Object.hasOwn(frame, 'payload') && 'payload' in frame ? frame.payload : {};
  return DECODERS[event](id, payload, bytes);
}

const FIRST_FAULT_ONLY = Object.freeze({ ...REQUIREMENTS, abortEarly: true, abortPipeEarly: true });

/** Returns the parsed payload, or a refusal that names the first wrong field. */
function check<Schema extends v.GenericSchema>(
  schema: Schema,
  id: number | undefined,
  payload: unknown,
): { readonly output: v.InferOutput<Schema> } | BadMessage {
  // Valibot accepts arrays as objects.
  if (Array.isArray(payload)) return invalid(id, '`payload` must be an object.');
  const { success, output, issues } = v.safeParse(schema, payload, FIRST_FAULT_ONLY);
  if (success) return { output };
  const [{ message }] = issues;
  const path = v.getDotPath(issues[0]);
  return invalid(id, `\`${path === null ? 'payload' : `payload.${path}`}\` ${message}.`);
}

function invalid(id: number | undefined, problem: string): BadMessage {
  return { id, code: 'invalid_message', problem };
}

function tooLarge(id: number | undefined): BadMessage {
  const problem = `Only call messages may have more than ${PLAIN_MESSAGE_BYTES} bytes. Send a smaller one.`;
  return { id, code: 'too_large', problem };
}

function isClientEvent(name: string): name is ClientEvent {
  return Object.hasOwn(clientEvents, name);
}

function isCallEvent(event: string | undefined): boolean {
  return CALL_EVENTS.some((name) => name === event);
}
