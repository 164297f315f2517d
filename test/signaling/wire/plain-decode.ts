import * as v from 'valibot';
import { textOf } from '../../../src/lib/borrowed.ts';
import { CALL_EVENTS, clientEvents } from '../../../src/protocol/events.ts';
import {
  type BadMessage,
  type ClientMessage,
  isCallMessage,
} from '../../../src/signaling/wire/client-message.ts';

/** The parts of a message in which two decoders are compared. */
export type Comparable =
  | { readonly event: string; readonly id: unknown; readonly payload: unknown; readonly to?: unknown }
  | 'refused';

/** Decodes a message the plain way: parses it, then checks it by its schema. Size and depth are not bounded. */
export function plainDecode(text: string): Comparable {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return 'refused';
  }
  const envelope = v.safeParse(Envelope, frame);
  if (!envelope.success || Array.isArray(frame)) return 'refused';
  const { event, id, payload = {} } = envelope.output;
  if (!Object.hasOwn(clientEvents, event) || Array.isArray(payload)) return 'refused';
  const { success, output } = v.safeParse(clientEvents[event as keyof typeof clientEvents], payload);
  if (!success) return 'refused';
  if (!CALL_EVENTS.some((name) => name === event)) return { event, id, payload: output };
  const { from: _, fromUserId: __, ...rest } = payload as Record<string, unknown>;
  return { event, id, payload: rest, to: rest['to'] };
}

const Envelope = v.object({
  event: v.string(),
  id: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  payload: v.optional(v.unknown()),
});

export function comparable(message: ClientMessage | BadMessage): Comparable {
  if ('problem' in message) return 'refused';
  if (!isCallMessage(message)) return { event: message.event, id: message.id, payload: message.payload };
  const { event, id, to, rest } = message;
  return { event, id, payload: JSON.parse(`{${textOf(rest)}`), to };
}
