import { setMaxListeners } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { messageOf } from '../domain/errors.ts';
import { systemClock } from '../lib/clock.ts';
import { descriptorLimit } from '../lib/descriptors.ts';
import { createCredentials } from '../load/credentials.ts';
import { localPorts, tooManyPeers } from '../load/descriptors.ts';
import { HELP } from '../load/help.ts';
import { type LoadOptions, OptionsError, parseOptions } from '../load/options.ts';
import { createProgress, progressLine } from '../load/progress.ts';
import { seededRandom } from '../load/random.ts';
import { createReport, type Report } from '../load/report.ts';
import { reportHtml } from '../load/report-html.ts';
import { reportTable } from '../load/report-table.ts';
import { createRun, type Run } from '../load/run.ts';
import { runScenario } from '../load/scenario.ts';
import { createServerApi, RequestError } from '../load/server-api.ts';
import type { Command } from './command.ts';

/** The terminal, or what stands for it. */
export interface LoadIo {
  /** The report. */
  out(text: string): void;
  /** Progress and complaints. */
  err(text: string): void;
  /** Whether `err` can rewrite a line. */
  readonly isTerminal: boolean;
  /** Calls `stop` on Ctrl-C; the returned function takes it off. */
  onInterrupt(stop: () => void): () => void;
}

/** 0: fine. 1: something was lost or too slow. 2: it could not run. */
export type ExitCode = 0 | 1 | 2;

const PROGRESS_MS = 1_000;

export const command: Command = {
  help: '  parley load ...       simulate callers against a server; see parley load --help',
  run: (argv) =>
    runLoad(argv, {
      out: (text) => void process.stdout.write(text),
      err: (text) => void process.stderr.write(text),
      isTerminal: process.stderr.isTTY,
      onInterrupt(stop) {
        process.once('SIGINT', stop);
        return () => process.off('SIGINT', stop);
      },
    }),
};

/** @param argv what follows `load` on the command line. Never rejects. */
export async function runLoad(argv: readonly string[], io: LoadIo): Promise<ExitCode> {
  // Timers of the clock do not hold the process; this one does until the report is out.
  const alive = setInterval(() => {}, 60_000);
  try {
    const options = parseOptions(argv);
    if (options === 'help') {
      io.out(HELP);
      return 0;
    }
    const misfit = tooManyPeers(options.rooms * options.peers, descriptorLimit(), localPorts());
    if (misfit !== undefined) throw new OptionsError(misfit);
    const report = await load(options, io);
    if (report === undefined) return 1;
    if (options.html !== undefined) await writeFile(options.html, reportHtml(report));
    io.out(options.json ? `${JSON.stringify(report, null, 2)}\n` : reportTable(report));
    return report.failures.length === 0 ? 0 : 1;
  } catch (thrown) {
    const isExpected = thrown instanceof OptionsError || thrown instanceof RequestError;
    io.err(`${isExpected || !(thrown instanceof Error) ? messageOf(thrown) : thrown.stack}\n`);
    return 2;
  } finally {
    clearInterval(alive);
  }
}

/** @returns undefined where it was stopped before the first join */
async function load(options: LoadOptions, io: LoadIo): Promise<Report | undefined> {
  const stop = new AbortController();
  const hurry = new AbortController();
  const forget = io.onInterrupt(() => (stop.signal.aborted ? hurry : stop).abort());
  // Each peer that is away and each request waits for these two: many listeners are no leak.
  setMaxListeners(0, stop.signal, hurry.signal);
  const progress = createProgress(io.err, io.isTerminal);
  const run = createRun({ wsUrl: options.wsUrl, clock: systemClock, random: seededRandom(options.seed) });
  let hide = (): void => {};
  try {
    const api = createServerApi(options.httpUrl, stop.signal);
    await api.checkReady();
    const peers = options.rooms * options.peers;
    io.err(`${options.wsUrl}: ${options.rooms} rooms of ${options.peers}, seed ${options.seed}\n`);
    const credentials = await createCredentials({
      signIn: options.signIn,
      peers,
      api,
      clock: systemClock,
      signal: stop.signal,
      tell: progress.show,
    });
    progress.end();
    hide = showProgress(run, peers, progress.show);
    const startedAt = systemClock.now();
    const outcome = await runScenario({
      options,
      run,
      api,
      credentials,
      signal: stop.signal,
      hurry: hurry.signal,
    });
    return createReport(options, run, outcome, startedAt);
  } catch (thrown) {
    if (!stop.signal.aborted) throw thrown;
    io.err('\nStopped before the first join.\n');
    return undefined;
  } finally {
    hide();
    progress.end();
    forget();
  }
}

function showProgress(run: Run, peers: number, show: (line: string) => void): () => void {
  const startedAt = run.clock.monotonic();
  return run.clock.every(PROGRESS_MS, () => {
    show(progressLine(run, (run.clock.monotonic() - startedAt) / 1_000, peers));
  });
}
