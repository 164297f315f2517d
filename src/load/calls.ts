import type { ServerMessage } from '../client/signaling/frames.ts';
import type { ClientEvent, ClientPayload } from '../protocol/events.ts';
import type { Delivery } from './accounting.ts';
import type { View } from './broadcasts.ts';
import type { Random } from './random.ts';
import { codeOf, countError, isAnswerLost, type Run } from './run.ts';
import type { CallScript } from './sdp.ts';

/** What a simulated peer shows its parts. */
export interface PeerWiring {
  readonly run: Run;
  readonly random: Random;
  readonly script: CallScript;
  readonly self: () => string;
  /** Who else is in the room. */
  readonly view: () => View;
  /** Who else was in the room when this answer came. */
  readonly viewAt: (answer: ServerMessage) => View;
  readonly isInside: () => boolean;
  readonly request: <Event extends ClientEvent>(
    event: Event,
    payload: ClientPayload<Event>,
  ) => Promise<ServerMessage>;
}

/** Sends the offers, answers and candidates of one peer, as its browser would. */
export interface Caller {
  /** Sends an offer, then candidates. @param dueAt milliseconds, monotonic */
  call(to: string, dueAt: number): void;
  /** Handles a message of a call. Returns false for any other message. */
  receive(message: ServerMessage): boolean;
}

type DirectKind = 'offer' | 'answer' | 'ice';

export function createCaller({ run, script, self, request }: PeerWiring): Caller {
  const { accounting, clock, latencies } = run;
  /** When the unanswered offer to each peer was due (ms, monotonic). */
  const offered = new Map<string, number>();
  let lastKey = 0;

  /** `load` numbers the message: the server relays fields that it doesn't know unchanged [CA1]. */
  const send = (kind: DirectKind, to: string, dueAt: number, content: Content): void => {
    lastKey += 1;
    const key = lastKey;
    const from = self();
    const delivery = accounting.addSent(from, to, kind, key, dueAt);
    request(`call:${kind}`, { to, load: key, ...content }).then(
      () => accounting.markAccepted(from, to, delivery),
      (thrown: unknown) => {
        if (isAnswerLost(thrown)) accounting.markUncertain(from, to, delivery);
        else accounting.withdraw(from, to, delivery);
        if (codeOf(thrown) !== 'closed') countError(run, thrown);
      },
    );
  };

  const trickle = (to: string, dueAt: number): void => {
    for (const candidates of script.candidates())
      send('ice', to, dueAt, { candidates: candidates.map((one) => one && { ...one }) });
  };

  const arrived = (kind: DirectKind, from: string, load: unknown): Delivery | undefined => {
    const delivery = accounting.addReceived(from, self(), kind, typeof load === 'number' ? load : 'unmarked');
    if (delivery !== undefined) latencies.record(kind, clock.monotonic() - delivery.intendedAt);
    return delivery;
  };

  return {
    call(to, dueAt) {
      offered.set(to, dueAt);
      send('offer', to, dueAt, { sdp: script.offer() });
      trickle(to, dueAt);
    },

    receive(message) {
      switch (message.event) {
        case 'call:offer': {
          const { from, load } = message.payload;
          if (from === null || arrived('offer', from, load) === undefined) return true;
          const now = clock.monotonic();
          send('answer', from, now, { sdp: script.answer() });
          trickle(from, now);
          return true;
        }
        case 'call:answer': {
          const { from, load } = message.payload;
          if (from === null) return true;
          arrived('answer', from, load);
          const dueAt = offered.get(from);
          if (dueAt !== undefined) latencies.record('setup', clock.monotonic() - dueAt);
          offered.delete(from);
          return true;
        }
        case 'call:ice':
          arrived('ice', message.payload.from, message.payload['load']);
          return true;
        default:
          return false;
      }
    },
  };
}

type Content =
  | { readonly sdp: string }
  | { readonly candidates: ({ readonly [name: string]: unknown } | null)[] };
