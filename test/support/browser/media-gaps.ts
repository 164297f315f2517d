/** A time without media. */
interface Gap {
  readonly ms: number;
  /** Wall clock, as the page saw it. */
  readonly endedAt: number;
}

/** The longest gaps in what a page receives. */
export interface Gaps {
  /** Without a decoded frame. */
  readonly video: Gap;
  /** Without a packet of sound: what a browser makes up meanwhile doesn't count. */
  readonly audio: Gap;
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
  const note = (kind: 'video' | 'audio', count: number): void => {
    const of = seen[kind];
    // A new connection counts from 0.
    of.count = Math.min(of.count, count);
    const at = Date.now();
    const ms = at - of.lastAt;
    if (count <= of.count) return;
    if (ms > of.longest.ms) of.longest = { ms, endedAt: at };
    of.count = count;
    of.lastAt = at;
  };
  const reading = new Set<RTCPeerConnection>();
  const counts = new Map<RTCPeerConnection, { video: number; audio: number }>();
  const read = async (connection: RTCPeerConnection): Promise<void> => {
    reading.add(connection);
    const count = { video: 0, audio: 0 };
    for (const report of (await connection.getStats()).values()) {
      if (report.type !== 'inbound-rtp') continue;
      if (report.kind === 'video') count.video += report.framesDecoded ?? 0;
      else count.audio += report.packetsReceived ?? 0;
    }
    counts.set(connection, count);
    reading.delete(connection);
  };
  const look = (): void => {
    const open = (own.parleyTestConnections ?? []).filter((one) => one.connectionState !== 'closed');
    const sum = { video: 0, audio: 0 };
    for (const connection of open) {
      sum.video += counts.get(connection)?.video ?? 0;
      sum.audio += counts.get(connection)?.audio ?? 0;
      // Nothing waits for it: in Firefox the stats of a connection never come if it is closed meanwhile.
      if (!reading.has(connection)) void read(connection);
    }
    note('video', sum.video);
    note('audio', sum.audio);
    own.parleyTestGaps = { video: seen.video.longest, audio: seen.audio.longest };
    setTimeout(look, 50);
  };
  look();
}

/** Runs in the page. */
export function readGaps(): Gaps | undefined {
  const own: WatchedWindow = window;
  return own.parleyTestGaps;
}

/**
 * Returns how many milliseconds after `since`, by the wall clock, the longest gaps of picture and sound ended; 0 if they were
 * before. Call it once picture and sound are back.
 */
export function backAfter(gaps: Gaps | undefined, since: number): number {
  return Math.max(0, (gaps?.video.endedAt ?? 0) - since, (gaps?.audio.endedAt ?? 0) - since);
}
