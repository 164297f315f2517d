import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { freePort, run } from '../../support/server/process.ts';
import { type Load, type Path, prepare } from './paths.ts';
import { RELAYS, type RelayName, startBenchRelay, startForwarder, startHop } from './servers.ts';

export const LOAD_CORE = 1;
/** Seconds of flood before a measurement, so that it doesn't measure the JIT compiler. */
const WARM_SECONDS = 1;
/** Microseconds between two batches of a flood that shares its core. */
const PAUSE_MICROS = 190;

const Flooded = v.object({
  sent: v.number(),
  received: v.number(),
  perSecond: v.number(),
  p50Us: v.number(),
  p99Us: v.number(),
});

export type Flooded = v.InferOutput<typeof Flooded> & {
  /** CPU time of the server per packet that arrived; undefined if there is no server. */
  readonly cpuMicros?: number;
};

/** `direct`: from the flood client to its own socket. `hop`: through the smallest possible forwarder on the servers' core. */
export type Contender = RelayName | 'forwarder' | 'direct' | 'hop';
export const CONTENDERS: readonly Contender[] = [...RELAYS, 'forwarder', 'direct'];

export interface Question {
  readonly contender: Contender;
  readonly path: Path;
  /** Bytes. */
  readonly payload: number;
}

/** A running server and a path through it. */
export interface Passage {
  readonly load: Load;
  /** undefined if there is no server. */
  readonly pid: number | undefined;
  close(): Promise<void>;
}

/** Returns the flood client's results; undefined if the server doesn't support the path. */
export type Measure = (question: Question, seconds: number) => Promise<Flooded | undefined>;

export interface Flood {
  /** Sends as many packets as possible. */
  readonly measure: Measure;
  /** Returns undefined if the server doesn't support the path. */
  open(contender: Contender, path: Path, payload: number): Promise<Passage | undefined>;
  /**
   * @param rate packets per second; 0: as many as possible
   * @param beside whether it shares the load's core with a client that measures
   */
  pour(load: Load, payload: number, seconds: number, rate: number, beside?: boolean): Promise<Flooded>;
  close(): void;
}

/** Compiles the flood client and the hop. */
export function makeFlood(): Flood {
  const folder = mkdtempSync(join(tmpdir(), 'parley-flood-'));
  const compiled = (name: string): string => {
    const program = join(folder, name);
    execFileSync('cc', ['-O2', '-o', program, fileURLToPath(new URL(`${name}.c`, import.meta.url))]);
    return program;
  };
  const program = compiled('flood');
  const hop = compiled('hop');

  async function pour(
    { from, to, counted, prefix }: Load,
    payload: number,
    seconds: number,
    rate: number,
    beside = false,
  ): Promise<Flooded> {
    const pause = beside ? PAUSE_MICROS : 0;
    const words = [from, to, counted, prefix.toString('hex'), payload, seconds, rate, pause].map(String);
    const pinned = ['taskset', '-c', String(LOAD_CORE), program, ...words];
    // With real-time priority, in short batches: the client is interrupted often, but only for microseconds.
    const [command = '', ...args] = beside ? ['chrt', '--fifo', '1', ...pinned] : pinned;
    const { code, output } = await run(command, args, seconds * 1000 + 10_000);
    if (code !== 0) throw new Error(`the flood client failed: ${output}`);
    return v.parse(Flooded, JSON.parse(output));
  }

  async function timed(pid: number, load: Load, payload: number, seconds: number): Promise<Flooded> {
    await pour(load, payload, WARM_SECONDS, 0);
    const before = cpuMicros(pid);
    const flooded = await pour(load, payload, seconds, 0);
    return { ...flooded, cpuMicros: (cpuMicros(pid) - before) / Math.max(1, flooded.received) };
  }

  async function open(contender: Contender, path: Path, payload: number): Promise<Passage | undefined> {
    if (contender === 'direct') {
      const port = await freePort();
      return { load: plain(await freePort(), port, port), pid: undefined, async close() {} };
    }
    if (contender === 'forwarder' || contender === 'hop') {
      const counted = await freePort();
      const { port, pid, stop } = await (contender === 'hop'
        ? startHop(hop, counted)
        : startForwarder(counted));
      return { load: plain(await freePort(), port, counted), pid, close: stop };
    }
    return openRelay(contender, path, payload);
  }

  return {
    pour,
    open,
    async measure({ contender, path, payload }, seconds) {
      const passage = await open(contender, path, payload);
      if (passage === undefined) return undefined;
      const { pid, load } = passage;
      try {
        return await (pid === undefined
          ? pour(load, payload, seconds, 0)
          : timed(pid, load, payload, seconds));
      } finally {
        await passage.close();
      }
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}

async function openRelay(name: RelayName, path: Path, payload: number): Promise<Passage | undefined> {
  const server = await startBenchRelay(name);
  try {
    const load = await prepare(path, server, payload);
    if (load !== undefined) return { load, pid: server.pid, close: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
  await server.stop();
  return undefined;
}

function plain(from: number, to: number, counted: number): Load {
  return { from, to, counted, prefix: Buffer.alloc(0) };
}

/** CPU time of all threads of a process, in microseconds. */
function cpuMicros(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const nanos = tasks.map((task) =>
    Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanos.reduce((sum, each) => sum + each, 0) / 1000;
}
