import type { ServerMessage } from '../client/signaling/frames.ts';
import type { ClientEvent, ClientPayload } from '../protocol/events.ts';
import type { Entry } from './accounting.ts';
import type { View } from './broadcasts.ts';
import type { Random } from './random.ts';
import { codeOf, countError, isAnswerLost, type Run } from './run.ts';
import type { CallScript } from './sdp.ts';

/** What the parts of a simulated peer see of it. */
export interface PeerWiring {
  readonly run: Run;
  readonly random: Random;
  readonly script: CallScript;
  readonly self: () => string;
  /** Who is in the room besides this peer. */
  readonly view: () => View;
  /** The same when this answer came. */
  readonly viewAt: (answer: ServerMessage) => View;
  readonly isInside: () => boolean;
  readonly request: <Event extends ClientEvent>(
    event: Event,
    payload: ClientPayload<Event>,
  ) => Promise<ServerMessage>;
}

/** Offers, answers and candidates of one peer, as its browser would send them. */
export interface CallDesk {
  /** Offers, and sends candidates after it. @param dueAt milliseconds, monotonic */
  call(to: string, dueAt: number): void;
  /** @returns whether the message was one of a call */
  heed(message: ServerMessage): boolean;
}

type DirectKind = 'offer' | 'answer' | 'ice';

export function createCallDesk({ run, script, self, request }: PeerWiring): CallDesk {
  const { accounting, clock, latencies } = run;
  /** When the offer was due that waits for an answer, by counterpart. */
  const offered = new Map<string, number>();
  let lastKey = 0;

  /** `load` is a field that the server does not know, and relays unchanged [CA1]: it numbers the message. */
  const send = (kind: DirectKind, to: string, dueAt: number, content: Content): void => {
    lastKey += 1;
    const key = lastKey;
    const from = self();
    const entry = accounting.sent(from, to, kind, key, dueAt);
    request(`call:${kind}`, { to, load: key, ...content }).then(
      () => accounting.accepted(from, to, entry),
      (thrown: unknown) => {
        if (isAnswerLost(thrown)) accounting.uncertain(from, to, entry);
        else accounting.withdrawn(from, to, entry);
        if (codeOf(thrown) !== 'closed') countError(run, thrown);
      },
    );
  };

  const trickle = (to: string, dueAt: number): void => {
    for (const candidates of script.candidates())
      send('ice', to, dueAt, { candidates: candidates.map((one) => one && { ...one }) });
  };

  const arrived = (kind: DirectKind, from: string, load: unknown): Entry | undefined => {
    const entry = accounting.received(from, self(), kind, typeof load === 'number' ? load : 'unmarked');
    if (entry !== undefined) latencies.record(kind, clock.monotonic() - entry.intendedAt);
    return entry;
  };

  return {
    call(to, dueAt) {
      offered.set(to, dueAt);
      send('offer', to, dueAt, { sdp: script.offer() });
      trickle(to, dueAt);
    },

    heed(message) {
      switch (message.event) {
        case 'call:offer': {
          const { from, load } = message.payload;
          if (arrived('offer', from, load) === undefined) return true;
          const now = clock.monotonic();
          send('answer', from, now, { sdp: script.answer() });
          trickle(from, now);
          return true;
        }
        case 'call:answer': {
          const { from, load } = message.payload;
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
