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

/** The terminal; tests pass their own. */
export interface LoadIo {
  /** Writes the report. */
  out(text: string): void;
  /** Writes progress and errors. */
  err(text: string): void;
  /** Whether `err` writes to a terminal, on which lines can be rewritten. */
  readonly isTerminal: boolean;
  /** Calls `stop` on Ctrl-C; the returned function removes it. */
  onInterrupt(stop: () => void): () => void;
}

/** 0: passed. 1: failed or interrupted before the first join. 2: could not run. */
export type ExitCode = 0 | 1 | 2;

/** Milliseconds between progress lines. */
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

/** Runs `parley load`; never rejects. @param argv what follows `load` on the command line */
export async function runLoad(argv: readonly string[], io: LoadIo): Promise<ExitCode> {
  // The clock's timers don't keep the process alive; this one does until the report is written.
  const alive = setInterval(() => {}, 60_000);
  try {
    const options = parseOptions(argv);
    if (options === 'help') {
      io.out(HELP);
      return 0;
    }
    const tooLow = tooManyPeers(options.rooms * options.peers, descriptorLimit(), localPorts());
    if (tooLow !== undefined) throw new OptionsError(tooLow);
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

/** Resolves with undefined if it was stopped before the first join. */
async function load(options: LoadOptions, io: LoadIo): Promise<Report | undefined> {
  const stop = new AbortController();
  const hurry = new AbortController();
  const removeInterrupt = io.onInterrupt(() => (stop.signal.aborted ? hurry : stop).abort());
  // Every request and every peer that is away listens to these two: many listeners are not a leak.
  setMaxListeners(0, stop.signal, hurry.signal);
  const progress = createProgress(io.err, io.isTerminal);
  const run = createRun({ wsUrl: options.wsUrl, clock: systemClock, random: seededRandom(options.seed) });
  let hideProgress = (): void => {};
  try {
    const api = createServerApi(options.httpUrl, stop.signal);
    await api.checkReady();
    const peers = options.rooms * options.peers;
    io.err(
      `${options.wsUrl}: ${options.rooms} rooms with ${options.peers} peers each, seed ${options.seed}\n`,
    );
    const credentials = await createCredentials({
      signIn: options.signIn,
      peers,
      api,
      clock: systemClock,
      signal: stop.signal,
      tell: progress.show,
    });
    progress.end();
    hideProgress = showProgress(run, peers, progress.show);
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
    hideProgress();
    progress.end();
    removeInterrupt();
  }
}

function showProgress(run: Run, peers: number, show: (line: string) => void): () => void {
  const startedAt = run.clock.monotonic();
  return run.clock.every(PROGRESS_MS, () => {
    show(progressLine(run, (run.clock.monotonic() - startedAt) / 1_000, peers));
  });
}
