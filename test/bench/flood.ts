import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { CLIENT_CORE, type RunningServer } from './process.ts';
import type { Plan, Subject } from './subjects.ts';

/** Bytes of the offer's content. */
export const MESSAGE_BYTES = 1_024;

const Connected = v.object({
  ready: v.number(),
  failed: v.number(),
  wallNs: v.number(),
  serverCpuNs: v.number(),
  clientCpuNs: v.number(),
});
export type Connected = v.InferOutput<typeof Connected>;

const Flooded = v.object({
  messages: v.number(),
  wallNs: v.number(),
  serverCpuNs: v.number(),
  clientCpuNs: v.number(),
  lost: v.number(),
  duplicated: v.number(),
  refused: v.number(),
  closed: v.number(),
  p50Ns: v.number(),
  p99Ns: v.number(),
  p999Ns: v.number(),
  maxNs: v.number(),
  /** How late the client itself sent. */
  lagP99Ns: v.number(),
});
export type Flooded = v.InferOutput<typeof Flooded>;

const Resumed = v.object({
  resumed: v.number(),
  notResumed: v.number(),
  away: v.number(),
  wallNs: v.number(),
  lost: v.number(),
  duplicated: v.number(),
  messages: v.number(),
  /** Dials that were refused because no server listened. */
  failedDials: v.number(),
  /** Since the start of the phase: when connections closed, and when the first session was back. */
  firstClosedNs: v.number(),
  lastClosedNs: v.number(),
  firstResumedNs: v.number(),
});
export type Resumed = v.InferOutput<typeof Resumed>;

/** The load client, written in C, on its own core. */
export interface Flood {
  readonly pid: number;
  /** Opens connections `from` to `to` of the plan, `atOnce` at a time. Resolves once each is in its room. */
  connect(from: number, to: number, atOnce: number): Promise<Connected>;
  /** Closed loop: each connection sends its next message when the last one has arrived. */
  saturate(warmSeconds: number, seconds: number): Promise<Flooded>;
  /** Open loop: sends `perSecond` messages a second, even if the server is late. */
  rate(warmSeconds: number, seconds: number, perSecond: number): Promise<Flooded>;
  /** Sends a message from each session, then waits until all have lost their connection and resumed with nothing missing. */
  resume(seconds: number, sent: () => void): Promise<Resumed>;
  close(): Promise<void>;
}

let binary: string | undefined;

function compile(): string {
  if (binary !== undefined) return binary;
  const folder = mkdtempSync(join(tmpdir(), 'parley-flood-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const sources = join(import.meta.dirname, 'client');
  const files = readdirSync(sources).filter((name) => name.endsWith('.c'));
  binary = join(folder, 'flood');
  execFileSync('cc', ['-O2', '-o', binary, ...files.map((name) => join(sources, name))], {
    stdio: 'inherit',
  });
  return binary;
}

export function startFlood(subject: Subject, server: RunningServer, plan: readonly Plan[]): Flood {
  const program = compile();
  const folder = mkdtempSync(join(tmpdir(), 'parley-plan-'));
  const planPath = join(folder, 'plan');
  const lines = plan.map(({ partner, id, path, protocols }) =>
    [partner, id ?? '-', path, protocols ?? '-'].join('\t'),
  );
  writeFileSync(planPath, `${lines.join('\n')}\n`);
  const child = spawn(
    'taskset',
    [
      '-c',
      String(CLIENT_CORE),
      program,
      subject.adapter,
      String(server.port),
      planPath,
      String(MESSAGE_BYTES),
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const { value, done } = await answers.next();
    if (done === true) throw new Error('the flood client ended before it answered');
    return JSON.parse(value);
  };
  const ask = async (...words: readonly (string | number)[]): Promise<unknown> => {
    child.stdin.write(`${words.join(' ')}\n`);
    return next();
  };
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.removeListener('exit', kill));
  const identified = ask('pid', server.pid);
  identified.catch(() => {}); // `connect` awaits it, and throws the error
  return {
    pid: child.pid ?? 0,
    async connect(from, to, atOnce) {
      await identified;
      return v.parse(Connected, await ask('connect', from, to, atOnce));
    },
    saturate: async (warm, seconds) => v.parse(Flooded, await ask('saturate', warm, seconds)),
    rate: async (warm, seconds, perSecond) => v.parse(Flooded, await ask('rate', warm, seconds, perSecond)),
    async resume(seconds, sent) {
      await ask('resume', seconds);
      sent();
      return v.parse(Resumed, await next());
    },
    async close() {
      const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Whether the client's core was full and the server's wasn't. Then the result is a lower bound. */
export function clientWasBottleneck({ clientCpuNs, serverCpuNs, wallNs }: Flooded): boolean {
  return clientCpuNs > 0.95 * wallNs && serverCpuNs < 0.95 * wallNs;
}
