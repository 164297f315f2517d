import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { LinkKinds } from '../../../../src/client/call/quality/read-link.ts';
import type { TrackKind } from '../../../../src/client/index.ts';

const Recorded = v.object({
  mids: v.array(v.object({ mid: v.string(), sent: v.string(), received: v.string() })),
  entries: v.array(v.looseObject({ id: v.string(), type: v.string() })),
});

/** Which kinds the recorded connections have on their m-lines. The screen goes one way. */
const KINDS: readonly TrackKind[] = ['microphone', 'camera', 'screen'];

/** A browser's report: each entry has id, type and time. */
export function reportOf(...entries: Record<string, unknown>[]): RTCStatsReport {
  return new Map(entries.map((entry) => [String(entry['id']), { timestamp: 10_000, ...entry }]));
}

/** What a browser reported of a call with microphone and camera in both directions, and a screen in one. */
export function recorded(browser: 'chromium' | 'firefox', without: readonly string[] = []) {
  const path = join(import.meta.dirname, 'reports', `${browser}.json`);
  const { mids, entries } = v.parse(Recorded, JSON.parse(readFileSync(path, 'utf8')));
  const names = (key: 'sent' | 'received') =>
    new Map(
      mids.flatMap((line, index): [string, TrackKind][] => {
        const kind = KINDS[index] ?? 'screenAudio';
        return [
          [line.mid, kind],
          [line[key], kind],
        ];
      }),
    );
  const kinds: LinkKinds = { sent: names('sent'), received: names('received') };
  const left = (entry: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(entry).filter(([name]) => !without.includes(name)));
  return { report: reportOf(...entries.map(left)), kinds };
}
