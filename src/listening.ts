import { StartError } from './domain/errors.ts';
import type { Clock } from './lib/clock.ts';
import { canOpen, lowestFreeDescriptor } from './lib/descriptors.ts';
import type { Log } from './lib/log.ts';
import type { ListenSocket, TemplatedApp, Uws } from './uws/types.ts';

/** Descriptors that connections leave to the rest of the server: database, files, relay. */
export const RESERVED_DESCRIPTORS = 32;
/** Milliseconds between two looks at how many descriptors are left. */
const LOOK_MS = 100;

interface ListeningDeps {
  readonly app: TemplatedApp;
  readonly uws: Uws;
  readonly host: string;
  readonly port: number;
  /** File descriptors that this process may open; Infinity where that is unknown. */
  readonly descriptorLimit: number;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Listening {
  readonly port: number;
  close(): void;
}

/**
 * Listens, and stops for as long as descriptors are short: the kernel reports a connection that can't be accepted
 * again at once, so that the process would spin, and nobody whom it serves could so much as load a file.
 * @throws StartError when the port can't be had
 */
export function listen({ app, uws, host, port: wanted, ...deps }: ListeningDeps): Listening {
  const { descriptorLimit, clock, log } = deps;
  let socket = open(wanted);
  if (socket === undefined) {
    throw new StartError(
      `Can't listen on ${host}:${wanted}: the port is in use by another program (or another Parley), or HOST isn't an ` +
        'address of this machine. Stop the other, or set PORT to a free one.',
    );
  }
  const port = uws.us_socket_local_port(socket);

  function open(at: number): ListenSocket | undefined {
    let listening: ListenSocket | undefined;
    app.listen(host, at, uws.LIBUS_LISTEN_EXCLUSIVE_PORT, (opened) => {
      if (opened !== false) listening = opened;
    });
    return listening;
  }

  const stop = clock.every(LOOK_MS, () => {
    const left = descriptorLimit - lowestFreeDescriptor();
    if (socket !== undefined && left <= RESERVED_DESCRIPTORS) {
      uws.us_listen_socket_close(socket);
      socket = undefined;
      log.error('no descriptors left: new connections are refused until some are free', {
        limit: descriptorLimit,
        hint: 'raise `ulimit -n`, or LimitNOFILE= in a systemd unit',
      });
    } else if (socket === undefined && left > 2 * RESERVED_DESCRIPTORS && canOpen(2 * RESERVED_DESCRIPTORS)) {
      // The lowest free number says little by now: the closed listen socket's own was low.
      socket = open(port);
      if (socket !== undefined) log.info('descriptors are free again: new connections are accepted');
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
