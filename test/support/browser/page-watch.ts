import type { Page } from 'playwright-core';

/** Milliseconds between samples. */
const LOOK_MS = 200;

interface ConnectionLook {
  readonly framesDecoded: number;
  readonly totalSamplesReceived: number;
  readonly state: RTCPeerConnectionState;
  /** The ICE username fragment, which changes with an ICE restart. */
  readonly ufrag: string;
}

interface Look {
  /** Milliseconds on the page's clock. */
  readonly atMs: number;
  readonly connections: readonly ConnectionLook[];
}

/** What a page recorded about its call since `watchPage`. It samples by itself, independently of the test. */
export interface PageRecord {
  readonly looks: readonly Look[];
  /** How often the "reconnecting" banner appeared. */
  readonly banners: number;
  /** The smallest number of other people's tiles at any time. */
  readonly fewestTiles: number;
}

interface WatchedWindow extends Window {
  parleyTestConnections?: RTCPeerConnection[];
  parleyTestRecord?: { looks: Look[]; banners: number; fewestTiles: number };
}

/** Starts recording. The page must keep its connections, as a `Person`'s does. */
export async function watchPage(page: Page): Promise<void> {
  await page.evaluate(watch, LOOK_MS);
}

export function recordOf(page: Page): Promise<PageRecord> {
  return page.evaluate(() => {
    const own: WatchedWindow = window;
    if (own.parleyTestRecord === undefined) throw new Error('nobody watches this page');
    return own.parleyTestRecord;
  });
}

/** Returns the longest time (ms) during which a stat of the connection at this index didn't grow. */
export function longestStandstill(
  { looks }: PageRecord,
  place: number,
  figure: 'framesDecoded' | 'totalSamplesReceived',
): number {
  let longest = 0;
  let still = 0;
  for (const [index, look] of looks.entries()) {
    const before = looks[index - 1];
    if (before === undefined) continue;
    const grown = (look.connections[place]?.[figure] ?? 0) > (before.connections[place]?.[figure] ?? 0);
    // A late sample means a busy machine, not a standstill, if the stat grew meanwhile.
    still = grown ? 0 : still + look.atMs - before.atMs;
    longest = Math.max(longest, still);
  }
  return longest;
}

function watch(lookMs: number): void {
  const own: WatchedWindow = window;
  const record = { looks: [] as Look[], banners: 0, fewestTiles: Number.POSITIVE_INFINITY };
  own.parleyTestRecord = record;
  let bannerShown = false;
  const observe = () => {
    const tiles = document.querySelectorAll('li.tile[data-self=false]').length;
    record.fewestTiles = Math.min(record.fewestTiles, tiles);
    const shown = document.querySelector('header .banner p') !== null;
    if (shown && !bannerShown) record.banners += 1;
    bannerShown = shown;
  };
  const lookAt = async (connection: RTCPeerConnection): Promise<ConnectionLook> => {
    const counted = { framesDecoded: 0, totalSamplesReceived: 0 };
    for (const report of (await connection.getStats()).values()) {
      if (report.type !== 'inbound-rtp') continue;
      counted.framesDecoded += report.framesDecoded ?? 0;
      counted.totalSamplesReceived += report.totalSamplesReceived ?? 0;
    }
    const ufrag = /a=ice-ufrag:(\S+)/.exec(connection.localDescription?.sdp ?? '')?.[1] ?? '';
    return { ...counted, state: connection.connectionState, ufrag };
  };
  const look = async () => {
    const connections = await Promise.all((own.parleyTestConnections ?? []).map(lookAt));
    record.looks.push({ atMs: performance.now(), connections });
    setTimeout(look, lookMs);
  };
  observe();
  new MutationObserver(observe).observe(document.body, { childList: true, subtree: true });
  void look();
}
