import * as v from 'valibot';
import {
  type ClientEvent,
  ServerEnvelope,
  type ServerEvent,
  type ServerPayload,
  serverEvents,
} from '../../protocol/events.ts';

/** A server message whose event and payload this client knows. `re`: the id of the message that it answers. */
export type ServerMessage = {
  [Event in ServerEvent]: {
    readonly event: Event;
    readonly payload: ServerPayload<Event>;
    readonly re: number | undefined;
  };
}[ServerEvent];

export interface ServerFrame {
  readonly seq: number | undefined;
  readonly re: number | undefined;
  /** Undefined if the event or its payload is of a later protocol; the frame counts all the same. */
  readonly message: ServerMessage | undefined;
}

const EVENTS: ReadonlyMap<string, ServerEvent> = new Map(
  Object.keys(serverEvents).flatMap((name) => (isServerEvent(name) ? [[name, name] as const] : [])),
);

/** Returns undefined if `data` is not a frame. */
export function parseFrame(data: unknown): ServerFrame | undefined {
  const envelope = v.safeParse(ServerEnvelope, typeof data === 'string' ? parseJson(data) : undefined);
  if (!envelope.success) return undefined;
  const { event, seq, re, payload } = envelope.output;
  const known = EVENTS.get(event);
  return { seq, re, message: known === undefined ? undefined : parseMessage(known, payload, re) };
}

/** The text of a frame to the server; with `id` it is answered and resent until processed [WS4]. */
export function writeFrame(event: ClientEvent, payload: unknown, id?: number): string {
  return JSON.stringify({ event, id, payload });
}

function parseMessage<Event extends ServerEvent>(event: Event, payload: unknown, re: number | undefined) {
  const parsed = v.safeParse(serverEvents[event], payload);
  if (!parsed.success) return undefined;
  // The schema was looked up by this event; the compiler can't follow a union through that.
  return { event, payload: parsed.output, re } as unknown as ServerMessage;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isServerEvent(name: string): name is ServerEvent {
  return Object.hasOwn(serverEvents, name);
}
