import { randomBytes } from 'node:crypto';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { messageOf, StartError, unreachable } from '../../domain/errors.ts';
import { systemClock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Family } from '../codec/addresses.ts';
import type { RelayConf, UserSecret } from '../conf/relay-conf.ts';
import { createEngine } from '../core/engine.ts';
import type { RelayAddresses } from '../core/relay-addresses.ts';
import { BatchedUdp } from '../io/batched-udp.ts';
import { loadLibc } from '../io/libc.ts';
import { Listeners } from '../io/listeners.ts';
import { openPlainUdp } from '../io/plain-udp.ts';
import { type BoundAddresses, RelaySockets } from '../io/relay-sockets.ts';
import { createSpareDescriptors } from '../io/spare-descriptors.ts';
import type { MachineAddresses, RelayAddress } from './machine-addresses.ts';
import type { RelayProblem } from './relay-status.ts';
import { prioritizeSignaling } from './scheduling.ts';
import type { FromThread, ThreadInit, ToThread } from './thread-messages.ts';
import { surviveExceptions } from './uncaught-exceptions.ts';

/** The relay's thread, started by relay.ts: an engine with its sockets, and messages from and to the main thread. */

const STATS_MS = 1000;

const parent = parentPort;
if (parent === null)
  throw new StartError('turn/thread/worker is a thread of the relay and does nothing by itself');

const send = (message: FromThread): void => parent.postMessage(message);
const init: ThreadInit = workerData;
let { addresses } = init;

const log = createThreadLog(send);
const libc = loadLibc();
if (typeof libc === 'string')
  log.info('turn: datagrams are sent one by one, at half the speed', { reason: libc });
const openUdp = typeof libc === 'string' ? openPlainUdp : new BatchedUdp(libc).open;
prioritizeSignaling(typeof libc === 'string' ? undefined : libc);
const sockets = new RelaySockets({ open: openUdp, bound: boundOf(addresses), log, onChange: sendProblems });
const engine = createEngine({
  conf: revived(init.conf),
  addresses: relayAddressesOf(addresses),
  io: {
    openRelay: (family, port, receiver) => sockets.openRelay(family, port, receiver),
    hasSpareDescriptors: createSpareDescriptors(),
    nextTurn: (run) => void setImmediate(run),
  },
  clock: systemClock,
  log,
  randomBytes,
});
for (const name of init.revoked) engine.revoke(name);

const { udp, tcp } = init.conf;
const { port, tlsPort, certificate } = init;
const listeners = new Listeners({
  engine,
  udp,
  tcp,
  port,
  tlsPort,
  certificate,
  openUdp,
  clock: systemClock,
  log,
  onChange: sendProblems,
});

void run(parent);

/** Not at the top level, which can't await in the single executable. */
async function run(main: MessagePort): Promise<void> {
  try {
    await listeners.open(addresses);
    surviveExceptions({ thread: process, report: engine.reportFault, now: () => systemClock.monotonic() });
    const stopStats = systemClock.every(STATS_MS, () => send({ kind: 'stats', stats: engine.stats() }));
    main.on('message', (message: ToThread) => {
      switch (message.kind) {
        case 'revoke':
          return engine.revoke(message.name);
        case 'addresses':
          return setAddresses(message.addresses);
        case 'certificate':
          return void listeners.setCertificate(message.certificate);
        case 'close':
          stopStats();
          listeners.close();
          engine.close();
          send({ kind: 'stats', stats: engine.stats() });
          return main.close();
        default:
          return unreachable(message);
      }
    });
    send({ kind: 'listening', port: listeners.port, tlsPort: listeners.tlsPort });
  } catch (error) {
    engine.close();
    send({ kind: 'refused', message: messageOf(error) });
  }
}

function setAddresses(now: MachineAddresses): void {
  const lost = ([4, 6] as const).flatMap((family) => {
    const [before, after] = [relayOf(addresses, family), relayOf(now, family)];
    if (before === undefined) return [];
    const isRenamed = before.bound === after?.bound && before.relayed !== after.relayed;
    return isRenamed || !isStillThere(before.bound, now) ? [before.relayed] : [];
  });
  addresses = now;
  sockets.setAddresses(boundOf(now));
  engine.setAddresses(relayAddressesOf(now), lost);
  void listeners.setAddresses(now);
}

/** Interfaces don't show addresses such as 127.0.0.2, so only an address that was shown before can be missed. */
function isStillThere(bound: string, now: MachineAddresses): boolean {
  return now.own.includes(bound) || !addresses.own.includes(bound);
}

function relayOf({ relay4, relay6 }: MachineAddresses, family: Family): RelayAddress | undefined {
  return family === 4 ? relay4 : relay6;
}

function boundOf({ relay4, relay6 }: MachineAddresses): BoundAddresses {
  return { 4: relay4?.bound, 6: relay6?.bound };
}

function relayAddressesOf({ relay4, relay6, own }: MachineAddresses): RelayAddresses {
  const { conf, ownPorts } = init;
  return {
    relayed4: relay4?.relayed,
    relayed6: relay6?.relayed,
    own,
    listenerPorts: [conf.listeningPort, conf.tlsListeningPort, init.port, init.tlsPort, ...ownPorts],
  };
}

function sendProblems(): void {
  const failed = listeners.problems();
  const [first] = failed;
  const transports = failed.map(({ transport }) => transport);
  const problems: RelayProblem[] = sockets.faults.map((code) => ({
    code: 'relay_socket',
    message: `The relay can't open relay sockets (${code}), so nobody gets an allocation; see the log for the address.`,
  }));
  if (first !== undefined) {
    const message = `The relay can't listen on ${failed.length} of its addresses (${[...new Set(transports)].join(', ')}: ${first.code}); see the log for them.`;
    problems.push({ code: 'listener', message });
  }
  send({ kind: 'problems', problems });
}

/** Restores Buffers, which a structured clone turns into Uint8Arrays. */
function revived(conf: RelayConf): RelayConf {
  const users = [...conf.users].map(([name, secret]): [string, UserSecret] => [
    name,
    secret.kind === 'key' ? { kind: 'key', key: Buffer.from(secret.key) } : secret,
  ]);
  return { ...conf, users: new Map(users) };
}

/** Logs through the main thread. */
function createThreadLog(to: (message: FromThread) => void): Log {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields?: Readonly<Record<string, unknown>>): void =>
      to({ kind: 'log', level, message, fields });
  return { isDebug: true, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
