import type { CallEvent, ClientEvent } from '../protocol/events.ts';
import type { Request } from '../signaling/hub.ts';
import type { Session } from '../signaling/session/session.ts';

/** The events that reach a handler. */
export type HandledEvent = Exclude<ClientEvent, 'session:ack' | CallEvent>;

/** Does what a message asks for, and answers it: with `ack` or a reply of its own, or by throwing a ParleyError. */
export type Handler<Event extends HandledEvent> = (
  session: Session,
  request: Extract<Request, { readonly event: Event }>,
) => void | Promise<void>;

export type Handlers<Event extends HandledEvent = HandledEvent> = { readonly [E in Event]: Handler<E> };
