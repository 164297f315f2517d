import { systemClock } from '../../../src/lib/clock.ts';
import { createLog } from '../../../src/lib/log.ts';
import { RELAY_CONF_DEFAULTS } from '../../../src/turn/conf/relay-conf.ts';
import { readTurnserverConf } from '../../../src/turn/conf/turnserver-conf.ts';
import { createRelay } from '../../../src/turn/thread/relay.ts';

/**
 * A relay as a program: `relay-program.ts <secret> [turnserver.conf]`, by default on every address of the host. It logs when it
 * listens.
 */
const [secret = '', file] = process.argv.slice(2);
const log = createLog({ level: 'info', now: Date.now, write: (line) => void process.stdout.write(line) });
const conf = file === undefined ? RELAY_CONF_DEFAULTS : readTurnserverConf(file, log);
const relay = createRelay({ conf, secret, clock: systemClock, log, ownPorts: [] });
await relay.listen();
