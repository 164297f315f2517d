import type { Page } from 'playwright-core';

/** Milliseconds between samples. */
const SAMPLE_MS = 200;

interface ConnectionSample {
  readonly framesDecoded: number;
  readonly totalSamplesReceived: number;
  readonly state: RTCPeerConnectionState;
  /** The ICE username fragment, which changes with an ICE restart. */
  readonly ufrag: string;
}

interface Sample {
  /** Milliseconds on the page's clock. */
  readonly atMs: number;
  readonly connections: readonly ConnectionSample[];
}

/** What a page recorded about its call since `watchPage`. It samples by itself, independently of the test. */
export interface PageRecord {
  readonly samples: readonly Sample[];
  /** How often the "reconnecting" banner appeared. */
  readonly banners: number;
  /** The smallest number of other people's tiles at any time. */
  readonly fewestTiles: number;
}

interface WatchedWindow extends Window {
  parleyTestConnections?: RTCPeerConnection[];
  parleyTestRecord?: { samples: Sample[]; banners: number; fewestTiles: number };
}

/** Starts recording. The page must keep its connections, as a `Person`'s does. */
export async function watchPage(page: Page): Promise<void> {
  await page.evaluate(watch, SAMPLE_MS);
}

export function recordOf(page: Page): Promise<PageRecord> {
  return page.evaluate(() => {
    const own: WatchedWindow = window;
    if (own.parleyTestRecord === undefined) throw new Error('nobody watches this page');
    return own.parleyTestRecord;
  });
}

/** Returns the longest time (ms) during which a stat of a connection didn't grow. @param connection its index. */
export function longestStandstill(
  { samples }: PageRecord,
  connection: number,
  stat: 'framesDecoded' | 'totalSamplesReceived',
): number {
  let longest = 0;
  let still = 0;
  for (const [index, sample] of samples.entries()) {
    const before = samples[index - 1];
    if (before === undefined) continue;
    const grown =
      (sample.connections[connection]?.[stat] ?? 0) > (before.connections[connection]?.[stat] ?? 0);
    // A late sample means a busy machine, not a standstill, if the stat grew meanwhile.
    still = grown ? 0 : still + sample.atMs - before.atMs;
    longest = Math.max(longest, still);
  }
  return longest;
}

function watch(sampleMs: number): void {
  const own: WatchedWindow = window;
  const record = { samples: [] as Sample[], banners: 0, fewestTiles: Number.POSITIVE_INFINITY };
  own.parleyTestRecord = record;
  let bannerShown = false;
  const observe = () => {
    const tiles = document.querySelectorAll('li.tile[data-self=false]').length;
    record.fewestTiles = Math.min(record.fewestTiles, tiles);
    const shown = document.querySelector('header .banner p') !== null;
    if (shown && !bannerShown) record.banners += 1;
    bannerShown = shown;
  };
  const sampleOf = async (connection: RTCPeerConnection): Promise<ConnectionSample> => {
    const counted = { framesDecoded: 0, totalSamplesReceived: 0 };
    for (const report of (await connection.getStats()).values()) {
      if (report.type !== 'inbound-rtp') continue;
      counted.framesDecoded += report.framesDecoded ?? 0;
      counted.totalSamplesReceived += report.totalSamplesReceived ?? 0;
    }
    const ufrag = /a=ice-ufrag:(\S+)/.exec(connection.localDescription?.sdp ?? '')?.[1] ?? '';
    return { ...counted, state: connection.connectionState, ufrag };
  };
  const sample = async () => {
    const connections = await Promise.all((own.parleyTestConnections ?? []).map(sampleOf));
    record.samples.push({ atMs: performance.now(), connections });
    setTimeout(sample, sampleMs);
  };
  observe();
  new MutationObserver(observe).observe(document.body, { childList: true, subtree: true });
  void sample();
}
