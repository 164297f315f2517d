import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { freePort, run } from '../../support/process.ts';
import { type Load, PATHS, type Path, prepare } from './paths.ts';
import { RELAYS, type RelayName, startBenchRelay, startForwarder } from './servers.ts';

/**
 * `npm run bench:turn`: packets a second through ours, coturn, node-turn and a bare forwarder, each on one core with
 * the load on the other, in the same run; medians of several rounds. Then the delay that each adds at a rate that
 * none of them finds hard. Prints a table, writes JSON where told.
 */
const { values: given } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
    json: { type: 'string' },
  },
});
const RUNS = Number(given.runs);
const SECONDS = Number(given.seconds);
const PAYLOADS = [160, 1200] as const;
const DELAY_RATE = 20_000;
const LOAD_CORE = '1';

const Flood = v.object({
  sent: v.number(),
  received: v.number(),
  perSecond: v.number(),
  p50Us: v.number(),
  p99Us: v.number(),
});
type Flood = v.InferOutput<typeof Flood>;
type Contender = RelayName | 'forwarder';
const CONTENDERS: readonly Contender[] = [...RELAYS, 'forwarder'];

interface Figure {
  readonly contender: Contender | 'direct';
  readonly path: Path;
  readonly payload: number;
  readonly rate: number;
  /** null: it can't go that way. */
  readonly result: Flood | null;
}

const folder = mkdtempSync(join(tmpdir(), 'parley-flood-'));
const flood = join(folder, 'flood');
execFileSync('cc', ['-O2', '-o', flood, fileURLToPath(new URL('flood.c', import.meta.url))]);
const figures: Figure[] = [];
try {
  for (let round = 1; round <= RUNS; round++) {
    console.error(`round ${round} of ${RUNS}`);
    for (const contender of CONTENDERS) {
      for (const path of PATHS) for (const payload of PAYLOADS) await measure(contender, path, payload, 0);
      await measure(contender, 'channel up', 160, DELAY_RATE);
    }
    const port = await freePort();
    const straight = { from: await freePort(), to: port, counted: port, prefix: Buffer.alloc(0) };
    const result = await pour(straight, 160, DELAY_RATE);
    figures.push({ contender: 'direct', path: 'channel up', payload: 160, rate: DELAY_RATE, result });
  }
} finally {
  rmSync(folder, { recursive: true });
}
report();

async function measure(contender: Contender, path: Path, payload: number, rate: number): Promise<void> {
  const result =
    contender === 'forwarder'
      ? await forwarded(payload, rate)
      : await relayed(contender, path, payload, rate);
  figures.push({ contender, path, payload, rate, result });
}

async function relayed(name: RelayName, path: Path, payload: number, rate: number): Promise<Flood | null> {
  const server = await startBenchRelay(name);
  try {
    const load = await prepare(path, server, payload);
    return load === undefined ? null : await pour(load, payload, rate);
  } finally {
    await server.stop();
  }
}

async function forwarded(payload: number, rate: number): Promise<Flood> {
  const counted = await freePort();
  const forwarder = await startForwarder(counted);
  try {
    const load = { from: await freePort(), to: forwarder.port, counted, prefix: Buffer.alloc(0) };
    return await pour(load, payload, rate);
  } finally {
    await forwarder.stop();
  }
}

async function pour({ from, to, counted, prefix }: Load, payload: number, rate: number): Promise<Flood> {
  const words = [from, to, counted, prefix.toString('hex'), payload, SECONDS, rate].map(String);
  const { code, output } = await run('taskset', ['-c', LOAD_CORE, flood, ...words], SECONDS * 1000 + 10_000);
  if (code !== 0) throw new Error(`the flood client failed: ${output}`);
  return v.parse(Flood, JSON.parse(output));
}

function report(): void {
  const { model = 'unknown' } = cpus()[0] ?? {};
  console.log(
    `${cpus().length} × ${model}, Linux ${release()}, Node ${process.version}, ${RUNS} runs of ${SECONDS} s\n`,
  );
  console.log('packets a second, medians'.padEnd(26), ...CONTENDERS.map((name) => name.padStart(10)));
  for (const path of PATHS) {
    for (const payload of PAYLOADS) {
      const row = CONTENDERS.map((name) => shown(median(name, path, payload, 0, 'perSecond')));
      console.log(`${path}, ${payload} B`.padEnd(26), ...row);
    }
  }
  console.log(`\np99 of the delay at ${DELAY_RATE} packets a second, µs (direct: ${direct('p99Us')})`);
  for (const name of CONTENDERS)
    console.log(name.padEnd(26), shown(median(name, 'channel up', 160, DELAY_RATE, 'p99Us')));
  if (given.json === undefined) return;
  const machine = { cores: cpus().length, model, node: process.version, runs: RUNS, seconds: SECONDS };
  writeFileSync(given.json, `${JSON.stringify({ machine, figures }, null, 2)}\n`);
}

function direct(what: keyof Flood): string {
  return String(median('direct', 'channel up', 160, DELAY_RATE, what) ?? '–');
}

function shown(value: number | undefined): string {
  return (value === undefined ? '–' : String(Math.round(value))).padStart(10);
}

function median(
  contender: Figure['contender'],
  path: Path,
  payload: number,
  rate: number,
  what: keyof Flood,
) {
  const found = figures
    .filter(
      (one) =>
        one.contender === contender && one.path === path && one.payload === payload && one.rate === rate,
    )
    .flatMap(({ result }) => (result === null ? [] : [result[what]]))
    .sort((a, b) => a - b);
  return found[Math.floor(found.length / 2)];
}
