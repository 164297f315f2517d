import { randomBytes } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../lib/clock.ts';
import { messageOf, StartError, unreachable } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { createEngine } from './core/engine.ts';
import { BatchedUdp } from './io/batched-udp.ts';
import { loadLibc } from './io/libc.ts';
import { openListeners } from './io/listeners.ts';
import { openPlainUdp } from './io/plain-udp.ts';
import { openRelaySocket } from './io/udp.ts';
import { outliveFaults } from './outlive-faults.ts';
import type { RelayConf, UserSecret } from './relay-conf.ts';
import { letSignalingFirst } from './scheduling.ts';
import type { FromThread, ThreadInit, ToThread } from './thread-messages.ts';

/** The relay's thread: sockets around an engine, and the two words that its parent has for it. Started by relay.ts. */

const STATS_MS = 1000;

const parent = parentPort;
if (parent === null) throw new StartError('turn/worker is a thread of the relay and does nothing by itself');

const tell = (message: FromThread): void => parent.postMessage(message);
const init: ThreadInit = workerData;
const { addresses } = init;

const log = logTo(tell);
const libc = await loadLibc();
if (typeof libc === 'string') log.info('turn: datagrams go one by one, at half the speed', { why: libc });
const openUdp = typeof libc === 'string' ? openPlainUdp : new BatchedUdp(libc).open;
letSignalingFirst(typeof libc === 'string' ? undefined : libc);
const engine = createEngine({
  conf: revived(init.conf),
  addresses: {
    relayed4: addresses.relay4?.relayed,
    relayed6: addresses.relay6?.relayed,
    own: addresses.own,
    listenerPorts: [
      init.conf.listeningPort,
      init.conf.tlsListeningPort,
      init.port,
      init.tlsPort,
      ...init.ownPorts,
    ],
  },
  io: {
    openRelay(family, port, receiver) {
      const bound = family === 4 ? addresses.relay4?.bound : addresses.relay6?.bound;
      return bound === undefined ? undefined : openRelaySocket(openUdp, bound, port, receiver);
    },
  },
  clock: systemClock,
  log,
  randomBytes,
});
for (const name of init.revoked) engine.revoke(name);

try {
  const { datagram, stream } = addresses;
  const { udp, tcp } = init.conf;
  const { port, tlsPort, certificate } = init;
  const listeners = await openListeners({
    engine,
    datagram,
    stream,
    udp,
    tcp,
    port,
    tlsPort,
    certificate,
    openUdp,
    log,
  });
  outliveFaults({ thread: process, caught: engine.caught, now: () => systemClock.monotonic() });
  const stopPushing = systemClock.every(STATS_MS, () => tell({ kind: 'stats', stats: engine.stats() }));
  parent.on('message', (message: ToThread) => {
    switch (message.kind) {
      case 'revoke':
        return engine.revoke(message.name);
      case 'close':
        stopPushing();
        listeners.close();
        engine.close();
        tell({ kind: 'stats', stats: engine.stats() });
        return parent.close();
      default:
        return unreachable(message);
    }
  });
  tell({ kind: 'listening', port: listeners.port, tlsPort: listeners.tlsPort });
} catch (error) {
  engine.close();
  tell({ kind: 'refused', message: messageOf(error) });
}

/** A structured clone makes a plain Uint8Array of a Buffer. */
function revived(conf: RelayConf): RelayConf {
  const users = [...conf.users].map(([name, secret]): [string, UserSecret] => [
    name,
    secret.kind === 'key' ? { kind: 'key', key: Buffer.from(secret.key) } : secret,
  ]);
  return { ...conf, users: new Map(users) };
}

function logTo(send: (message: FromThread) => void): Log {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields?: Readonly<Record<string, unknown>>): void =>
      send({ kind: 'log', level, message, fields });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
