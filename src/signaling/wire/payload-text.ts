import type * as v from 'valibot';
import { type ServerEvent, type ServerPayload, serverEvents } from '../../protocol/events.ts';
import { compileWriter, type Writer } from './compile-writer.ts';

/** By event; each compiled when it is first needed. */
const writers = new Map<ServerEvent, Writer<unknown>>();

/** Returns the JSON text of an event's payload; undefined if there is none. */
export function payloadText<Event extends ServerEvent>(
  event: Event,
  payload: ServerPayload<Event>,
): string | undefined {
  if (payload === undefined) return undefined;
  let writer = writers.get(event);
  if (writer === undefined) {
    writer = compileWriter<v.GenericSchema>(serverEvents[event]);
    writers.set(event, writer);
  }
  return writer(payload);
}
