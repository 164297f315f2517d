import { ParleyClientError } from '../errors.ts';
import type { Clock } from '../signaling/clock.ts';
import type { ResumableSession } from '../signaling/resumable-session.ts';
import type { SendSignal } from './connection-deps.ts';

/** Tries of one message that the server finds too much just now, and milliseconds between them where it names none. */
const TRIES = 5;
const PAUSE_MS = 1_000;

/** Refusals that need no report: the peer or the session is gone, and what follows from that comes by its own event. */
const MOOT: readonly string[] = ['peer_gone', 'not_in_room', 'session_lost', 'closed'];

interface SendingDeps {
  readonly session: ResumableSession;
  readonly clock: Clock;
  readonly failed: (error: unknown) => void;
}

/** Sends descriptions and candidates to one peer; patiently, where there is a limit on messages. */
export function signalTo(peerId: string, { session, clock, failed }: SendingDeps): SendSignal {
  return (signal, payload) => {
    const attempt = (left: number): void => {
      session.request(signal, { ...payload, to: peerId }).catch((error: unknown) => {
        const code = error instanceof ParleyClientError ? error.code : 'internal';
        const pause = error instanceof ParleyClientError ? error.retryAfterMs : undefined;
        if (code === 'rate_limited' && left > 1) clock.after(pause ?? PAUSE_MS, () => attempt(left - 1));
        else if (!MOOT.includes(code)) failed(error);
      });
    };
    attempt(TRIES);
  };
}
