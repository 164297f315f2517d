import type { Borrowed } from '../../lib/borrowed.ts';
import type { CallEvent, ClientEvent, ClientPayload } from '../../protocol/events.ts';

/** Max bytes of a WebSocket message that is not `call:*` [WS3]. */
export const PLAIN_MESSAGE_BYTES = 8_192;

/** What a client asks for, validated. */
export type ClientMessage = CallMessage | PlainMessage;

/** A `call:*` message. Its payload is relayed as it came, never parsed and written again. */
export interface CallMessage {
  readonly event: CallEvent;
  readonly id: number | undefined;
  /** A peerId. */
  readonly to: string | undefined;
  readonly userId: string | undefined;
  /**
   * The payload's JSON as it came, in UTF-8, without its opening brace and without `from` and `fromUserId`, which only
   * the server sets [CA2].
   */
  readonly rest: Borrowed;
}

export type PlainEvent = Exclude<ClientEvent, CallEvent>;

export interface MessageOf<Event extends PlainEvent> {
  readonly event: Event;
  readonly id: number | undefined;
  readonly payload: ClientPayload<Event>;
}

/** Any message that isn't `call:*`. It shares no memory with the bytes that it was decoded from. */
export type PlainMessage = { readonly [Event in PlainEvent]: MessageOf<Event> }[PlainEvent];

/** A message that is refused. It uses up its `id`, if that could be read, and is answered like any other [WS4]. */
export interface BadMessage {
  readonly id: number | undefined;
  readonly code: 'invalid_message' | 'unknown_event' | 'too_large';
  /** A sentence for the client's developer: what is wrong, and what to send instead. */
  readonly problem: string;
}

export function isCallMessage(message: ClientMessage): message is CallMessage {
  return 'rest' in message;
}
