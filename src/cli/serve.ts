import { parseArgs } from 'node:util';
import type { Config, Environment } from '../config/config.ts';
import { StartError } from '../domain/errors.ts';
import { DRAIN_MS } from '../drain.ts';
import { systemClock } from '../lib/clock.ts';
import { createLog, type Log } from '../lib/log.ts';
import { createLogOutput } from '../lib/log-output.ts';
import { createServer, type Server } from '../server.ts';
import { packageVersion } from '../versions.ts';
import { backUpInChild } from './backup-child.ts';
import { type Command, configOf, linkOrigin, localOrigin, UsageError } from './command.ts';
import { createFaults } from './faults.ts';
import { complain } from './terminal.ts';

/** Why the server stops. */
type Reason = 'signal' | 'faults';

export const command: Command = {
  help: [
    '  parley [serve]        serve the page, the API and the WebSocket (the default)',
    '  parley serve --domain <name>   by HTTPS, with a certificate that comes by itself',
  ].join('\n'),
  async run(argv, environment) {
    const complete = withDomain(environment, argv);
    return serve(configOf(complete), complete);
  },
};

/** Returns the environment with `--domain` as `DOMAIN`. @throws StartError if the two differ */
function withDomain(environment: Environment, argv: readonly string[]): Environment {
  const domain = domainOf(argv);
  if (domain === undefined) return environment;
  if (domain === '')
    throw new StartError('--domain is empty: expected a host name, such as calls.example.org');
  const { DOMAIN: other } = environment;
  if (other && other.toLowerCase() !== domain.toLowerCase()) {
    throw new StartError(`--domain is ${domain}, but DOMAIN is ${other}: expected one of the two`);
  }
  return { ...environment, DOMAIN: domain };
}

/** @throws UsageError; TypeError if `--domain` has no value */
function domainOf(argv: readonly string[]): string | undefined {
  try {
    return parseArgs({ args: [...argv], options: { domain: { type: 'string' } } }).values.domain;
  } catch (thrown) {
    if (String(argv[0]).startsWith('--domain')) throw thrown;
    throw new UsageError(['serve', ...argv].join(' '));
  }
}

/**
 * Runs until SIGTERM, SIGINT, or too many uncaught exceptions.
 * @returns exit code 0, or 1 after exceptions
 * @throws StartError if it can't start
 */
async function serve(config: Config, environment: Environment): Promise<number> {
  const log = createLog({
    level: config.logLevel,
    now: systemClock.now,
    write: createLogOutput(process.stdout, systemClock.now),
  });
  // Before the start, so that a signal during the start drains the server too.
  const stopped = stopReason(log);
  const server = createServer(config, { log, copyDatabase: backUpInChild(environment), cpuMs });
  process.on('SIGHUP', () => {
    log.info('reloading');
    server.reload();
  });
  const { port, setupToken } = await server.listen();
  // Not in the log, where secrets have no place; and first, so that whoever waits for the rest has it [TK7].
  if (setupToken !== undefined) complain(`Setup: ${linkOrigin(config, port)}/setup#token=${setupToken}`);
  log.info('listening', { host: config.host, port, version: packageVersion() });
  complain(greeting(config, port));
  process.on('SIGUSR2', () => log.info('stats', { ...server.stats() }));
  const reason = await stopped;
  await drain(server, log);
  log.info('stopped');
  return reason === 'signal' ? 0 : 1;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function stopReason(log: Log): Promise<Reason> {
  return new Promise((stop) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop('signal'));
    const fault = createFaults({ clock: systemClock, log, onTooMany: () => stop('faults') });
    process.on('uncaughtException', (error) => fault('uncaught exception', error));
    process.on('unhandledRejection', (reason) => fault('unhandled rejection', reason));
  });
}

/** A second signal ends the process at once, and so does a drain that takes `DRAIN_MS`. */
async function drain(server: Server, log: Log): Promise<void> {
  log.info('draining');
  const giveUp = () => {
    log.error('stopped before the drain was complete');
    process.exit(1);
  };
  const timer = setTimeout(giveUp, DRAIN_MS - 500);
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, giveUp);
  await server.drain();
  clearTimeout(timer);
}

function greeting(config: Config, port: number): string {
  const { publicUrl } = config;
  const local = localOrigin(config, port);
  if ((publicUrl ?? local).startsWith('https:'))
    return `Parley is up: open ${publicUrl ?? local} (here: ${local})`;
  return (
    `Parley is up: open ${publicUrl ?? local}\n` +
    'Browsers allow camera and microphone only on https pages and on localhost. For other devices, put a TLS proxy ' +
    'in front and set PUBLIC_URL=https://...'
  );
}
