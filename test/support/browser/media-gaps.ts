import { vi } from 'vitest';

/** A time without media. */
interface Gap {
  readonly ms: number;
  /** Wall clock, as the page saw it. */
  readonly endedAt: number;
}

/** The longest gaps in what a page receives. The longest may still go on. */
export interface Gaps {
  /** Without a decoded frame. */
  readonly video: Gap;
  /** Without a packet of sound: what a browser makes up meanwhile doesn't count. */
  readonly audio: Gap;
  /** Milliseconds for which one of them has been missing now. */
  readonly missingMs: number;
}

interface WatchedWindow extends Window {
  parleyTestConnections?: RTCPeerConnection[];
  parleyTestGaps?: Gaps;
}

/** Runs in the page: watches the gaps from now on, in all connections together. */
export function watchGaps(): void {
  const own: WatchedWindow = window;
  const now = Date.now();
  const seen = {
    video: { count: -1, lastAt: now, longest: { ms: 0, endedAt: now } },
    audio: { count: -1, lastAt: now, longest: { ms: 0, endedAt: now } },
  };
  const note = (kind: 'video' | 'audio', count: number): number => {
    const of = seen[kind];
    // A new connection counts from 0.
    of.count = Math.min(of.count, count);
    const at = Date.now();
    const ms = at - of.lastAt;
    if (count > of.count) {
      if (ms > of.longest.ms) of.longest = { ms, endedAt: at };
      of.count = count;
      of.lastAt = at;
      return 0;
    }
    return ms;
  };
  const look = async (): Promise<void> => {
    const count = { video: 0, audio: 0 };
    for (const connection of own.parleyTestConnections ?? []) {
      if (connection.connectionState === 'closed') continue;
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== 'inbound-rtp') continue;
        if (report.kind === 'video') count.video += report.framesDecoded ?? 0;
        else count.audio += report.packetsReceived ?? 0;
      }
    }
    const missingMs = Math.max(note('video', count.video), note('audio', count.audio));
    own.parleyTestGaps = { video: seen.video.longest, audio: seen.audio.longest, missingMs };
    setTimeout(() => void look(), 50);
  };
  void look();
}

/** Runs in the page. */
export function readGaps(): Gaps | undefined {
  const own: WatchedWindow = window;
  return own.parleyTestGaps;
}

/** Shorter gaps are the machine's. */
const GAP_MS = 900;
/** Picture and sound that come this regularly are back. */
const REGULAR_MS = 500;

/**
 * Waits until picture or sound has been missing, and both are back.
 * @returns milliseconds from `since`, by the wall clock, until both were back
 */
export async function untilBack(
  name: string,
  gaps: () => Promise<Gaps | undefined>,
  since: number,
  deadlineMs: number,
): Promise<number> {
  let last: Gaps | undefined;
  await vi.waitFor(
    async () => {
      last = await gaps();
      const { video, audio, missingMs } = last ?? { missingMs: deadlineMs };
      // Who moved may go on sending sound from an address that is no longer its own.
      const missed = [video, audio].some((gap) => gap !== undefined && gap.ms >= GAP_MS);
      if (!missed || missingMs > REGULAR_MS)
        throw new Error(`${name} has no picture and sound again: ${JSON.stringify(last)}`);
    },
    { timeout: deadlineMs, interval: 100 },
  );
  return Math.max(last?.video.endedAt ?? 0, last?.audio.endedAt ?? 0) - since;
}
