import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CAMERA } from '../bench/mesh/camera.ts';
import { type CallFigures, figuresOf } from '../bench/mesh/figures.ts';
import { parseMeshOptions } from '../bench/mesh/options.ts';
import { plot } from '../bench/mesh/plot.ts';
import { ratiosOf } from '../bench/mesh/report.ts';
import { targetsOf } from '../bench/mesh/targets.ts';
import { ROOT } from '../support/documents.ts';
import { start } from '../support/server/process.ts';

const BENCH = join(ROOT, 'test/bench/mesh/bench.ts');
const ENTRY = join(ROOT, 'test/bench/entry/bench.ts');
/** Milliseconds for a call of two. */
const PATIENCE_MS = 150_000;

/** Its figures depend on the machine and are not looked at here. */
it('plays a call of two whole pages and prints a table', { timeout: 2 * PATIENCE_MS }, async () => {
  const flags = ['--sizes', '2', '--limits', 'none', '--seconds', '2', '--settle', '0'];
  const loader = join(ROOT, 'test/support/typescript.mjs');
  const bench = start(process.execPath, ['--import', loader, BENCH, ...flags]);
  try {
    await bench.says(/offers and `track` events while measured: now \d+ and \d+/, PATIENCE_MS);
    expect(bench.output()).toMatch(/^\| 2 +\| +none \| +now \| +[\d,]+ \|/m);
  } finally {
    // It ends its browsers and servers by itself.
    await bench.stop('SIGTERM');
  }
});

it('times entries over three lines, and prints them beside the floor', {
  timeout: 2 * PATIENCE_MS,
}, async () => {
  const loader = join(ROOT, 'test/support/typescript.mjs');
  const bench = start(process.execPath, ['--import', loader, ENTRY, '--runs', '1']);
  try {
    await bench.says(/round trips to the server until then/, PATIENCE_MS);
    expect(bench.output()).toMatch(/^\| floor: two connections in one page +\| +[\d,]+ \| +[\d,]+ \|$/m);
    expect(bench.output()).toMatch(/^\| 200 ms +\| +[\d,]+ \| +[\d,]+ \|$/m);
  } finally {
    await bench.stop('SIGTERM');
  }
});

it('refuses flags that it does not understand', () => {
  expect(parseMeshOptions(['--help'])).toBe('help');
  for (const flags of [
    ['--sizes', '9'],
    ['--limits', 'slow'],
    ['--limited', '9'],
    ['--runs', '0'],
    ['--window', '960'],
  ])
    expect(() => parseMeshOptions(flags), flags.join(' ')).toThrow(flags[0]);
});

it('means by the uplink and by sizes what its document says', () => {
  const counted = {
    at: 60_000,
    bytesSent: 750_000,
    cameraFrames: 900,
    framesEncoded: 450,
    keyFramesEncoded: 3,
    framesDecoded: 450,
    samplesReceived: 1_000,
    samplesConcealed: 20,
    offers: 0,
    tracks: 0,
  };
  const sizes = [
    { decoded: 162, shown: 180 },
    { decoded: CAMERA.height, shown: 2 * CAMERA.height },
  ];
  const seat = { cpu: 0.5, counted, tiles: [{ longestGapMs: 700, held: 0, sizes }] };
  const figures = figuresOf([seat, seat]);
  expect(figures).toMatchObject({ uplinkKbps: 100, cpu: 30, leastSize: 0.9, freeze: 0.7, concealed: 0.02 });
  expect(figures).toMatchObject({ fps: 7.5, encoded: 0.5, keyFramesPerMinute: 3, cpuPerFrame: 200 / 3 });
});

it('compares commits per frame if the one before could not encode all frames', () => {
  const eight = (before: Partial<CallFigures>) => ({
    people: 8,
    limit: undefined,
    runs: { before: [{ ...FIGURES, ...before }], now: [FIGURES] },
  });
  expect(ratiosOf(eight({ uplinkKbps: 2_000, cpu: 60 }))).toEqual({ uplink: 0.5, cpu: 0.5, perFrame: false });
  const slow = eight({ encoded: 0.5, bytesPerFrame: 4_000, cpuPerFrame: 16 });
  expect(ratiosOf(slow)).toEqual({ uplink: 0.25, cpu: 0.5, perFrame: true });
  expect(targetsOf([slow]).map((line) => line.split(':')[0])).toEqual(['reached', 'reached', 'reached']);
  expect(targetsOf([eight({})])[0]).toMatch(/^NOT REACHED: 8 in a grid, uplink/);
  expect(plot([slow])).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
});

const FIGURES: CallFigures = {
  uplinkKbps: 1_000,
  cpu: 30,
  shown: 180,
  decoded: 180,
  leastSize: 1,
  fps: 15,
  freeze: 0.2,
  held: 0,
  concealed: 0,
  encoded: 1,
  keyFramesPerMinute: 1,
  bytesPerFrame: 1_000,
  cpuPerFrame: 8,
  offers: 0,
  tracks: 0,
};
