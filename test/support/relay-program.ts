import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { createRelay } from '../../src/turn/relay.ts';
import { RELAY_CONF_DEFAULTS } from '../../src/turn/relay-conf.ts';

/** A relay as a program: `relay-program.ts <secret>`, on every address of the host. Its log says when it listens. */
const relay = createRelay({
  conf: RELAY_CONF_DEFAULTS,
  secret: process.argv[2] ?? '',
  clock: systemClock,
  log: createLog({ level: 'info', now: Date.now, write: (line) => void process.stdout.write(line) }),
  ownPorts: [],
});
await relay.listen();
