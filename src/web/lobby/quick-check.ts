import type { ConnectionCheckOptions, ConnectionReport, ConnectionVerdict } from '../../client/index.ts';
import type { Messages } from '../i18n/messages.ts';

/** Milliseconds that the lobby leaves to devices and to those who join at once. */
export const QUICK_AFTER_MS = 1_500;
/** Milliseconds for each check. */
const TIMEOUT_MS = 5_000;

/** What the lobby warns of. The other verdicts don't tell of a poor connection, or the lobby says so by itself. */
export type Poor = keyof Messages['lobby']['poor'];
const POOR: ReadonlySet<string> = new Set<Poor>([
  'slow',
  'tcp_only',
  'relay_down',
  'no_path',
  'no_web_socket',
]);

interface QuickCheckDeps {
  readonly check: (options: ConnectionCheckOptions) => Promise<ConnectionReport>;
  /** Calls once after so many milliseconds; the returned function cancels it. */
  readonly after: (ms: number, run: () => void) => () => void;
  readonly onPoor: (poor: Poor) => void;
}

/**
 * Checks the connection in the background: a round trip, and whether STUN and relay answer. Opens no device, and says nothing if
 * all is well or nothing can be said.
 * @returns ends it at once, for example because the person joins
 */
export function startQuickCheck({ check, after, onPoor }: QuickCheckDeps): () => void {
  const stop = new AbortController();
  const cancel = after(QUICK_AFTER_MS, () => {
    const { signal } = stop;
    check({
      checks: ['http', 'webSocket', 'stun', 'turnUdp', 'turnTcp', 'turnTls'],
      timeoutMs: TIMEOUT_MS,
      signal,
    }).then(
      ({ verdict }) => {
        if (!signal.aborted && isPoor(verdict)) onPoor(verdict);
      },
      () => {},
    );
  });
  return () => {
    cancel();
    stop.abort();
  };
}

function isPoor(verdict: ConnectionVerdict): verdict is Poor {
  return POOR.has(verdict);
}
