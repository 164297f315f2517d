import { ParleyClientError } from '../errors.ts';
import type { Clock } from '../signaling/clock.ts';
import type { ConnectionCheckReason } from './check-types.ts';
import type { Finding } from './ice-probe.ts';

/** What is used of a browser's WebSocket. */
export type SocketConstructor = new (
  url: string,
  protocols: string[],
) => {
  close(): void;
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'close', listener: (event: { code: number }) => void): void;
};

/** Requests that are timed: the first one also opens the connection. */
const REQUESTS = 3;
/** What the browser says of a socket that was never opened. */
const NEVER_OPENED = 1006;

/** The round trip of a request: the shortest of a few. @param ask makes one */
export async function probeHttp(ask: () => Promise<unknown>, clock: Clock): Promise<Finding> {
  let ms = Number.POSITIVE_INFINITY;
  try {
    for (let count = 0; count < REQUESTS; count++) {
      const begun = clock.now();
      await ask();
      ms = Math.min(ms, clock.now() - begun);
    }
  } catch (error) {
    return { status: 'failed', reason: reasonOf(error) };
  }
  return { status: 'ok', ms };
}

/** Whether a WebSocket comes through: without a token, the server accepts it and closes it. */
export function probeWebSocket(
  url: string,
  Socket: SocketConstructor | undefined,
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
): Promise<Finding> {
  if (Socket === undefined) return Promise.resolve({ status: 'skipped', reason: 'unsupported' });
  const begun = clock.now();
  return new Promise<Finding>((resolve) => {
    const socket = new Socket(url, ['parley.v1']);
    const end = (finding: Finding): void => {
      cancel();
      socket.close();
      resolve(finding);
    };
    const cancel = clock.after(timeoutMs, () => end({ status: 'failed', reason: 'timeout' }));
    const answered = () => end({ status: 'ok', ms: clock.now() - begun });
    socket.addEventListener('open', answered);
    socket.addEventListener('close', ({ code }) => {
      if (code === NEVER_OPENED) end({ status: 'failed', reason: 'refused' });
      else answered();
    });
  });
}

/** What an error of a request means for a check. */
export function reasonOf(error: unknown): ConnectionCheckReason {
  if (!(error instanceof ParleyClientError)) return 'refused';
  switch (error.code) {
    case 'network':
      return 'unreachable';
    case 'timeout':
      return 'timeout';
    case 'rate_limited':
      return 'busy';
    case 'unauthorized':
      // A server from before the test.
      return 'not_offered';
    default:
      return 'refused';
  }
}
