import { StartError } from './domain/errors.ts';
import type { Clock } from './lib/clock.ts';
import { canOpen, lowestFreeDescriptor } from './lib/descriptors.ts';
import type { Log } from './lib/log.ts';
import type { ListenSocket, TemplatedApp, Uws } from './uws/types.ts';

/** File descriptors that connections leave to the rest of the server: database, files, relay. */
export const RESERVED_DESCRIPTORS = 32;
/** Milliseconds between two checks of how many descriptors are left. */
const CHECK_MS = 100;

interface ListeningDeps {
  readonly app: Pick<TemplatedApp, 'listen'>;
  readonly uws: Uws;
  readonly host: string;
  readonly port: number;
  /** The setting that names the port. */
  readonly setting: 'PORT' | 'HTTP_PORT';
  /** File descriptors that this process may open; Infinity if unknown. */
  readonly descriptorLimit: number;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Listening {
  readonly port: number;
  close(): void;
}

/**
 * Listens, but stops while file descriptors are short. The kernel reports a connection that can't be accepted again and
 * again, so the process would spin, and no connected client could load a file.
 * @throws StartError if it can't listen on the port
 */
export function listen({ app, uws, host, port: wanted, setting, ...deps }: ListeningDeps): Listening {
  const { descriptorLimit, clock, log } = deps;
  let socket = open(wanted);
  if (socket === undefined) {
    throw new StartError(cantListen(host, wanted, setting));
  }
  const port = uws.us_socket_local_port(socket);

  function open(at: number): ListenSocket | undefined {
    let listening: ListenSocket | undefined;
    app.listen(host, at, uws.LIBUS_LISTEN_EXCLUSIVE_PORT, (opened) => {
      if (opened !== false) listening = opened;
    });
    return listening;
  }

  const stop = clock.every(CHECK_MS, () => {
    const left = descriptorLimit - lowestFreeDescriptor();
    if (socket !== undefined && left <= RESERVED_DESCRIPTORS) {
      uws.us_listen_socket_close(socket);
      socket = undefined;
      log.error('no file descriptors left: new connections are refused until some are free', {
        limit: descriptorLimit,
        hint: 'raise `ulimit -n`, or LimitNOFILE= in a systemd unit',
      });
    } else if (socket === undefined && left > 2 * RESERVED_DESCRIPTORS && canOpen(2 * RESERVED_DESCRIPTORS)) {
      // The lowest free descriptor alone says little: the closed listen socket's own was low.
      socket = open(port);
      if (socket !== undefined) log.info('file descriptors are free again: new connections are accepted');
    }
  });

  return {
    port,
    close() {
      stop();
      if (socket !== undefined) uws.us_listen_socket_close(socket);
      socket = undefined;
    },
  };
}

function cantListen(host: string, port: number, setting: string): string {
  const reserved = port < 1_024 ? ', this user may not listen below port 1024 (CAP_NET_BIND_SERVICE)' : '';
  return (
    `Can't listen on ${host}:${port}: the port is in use by another program (or another Parley)${reserved}, or HOST isn't an ` +
    `address of this machine. Stop the other program, or set ${setting} to a free port.`
  );
}
