import { parseAddress } from '../../turn/codec/addresses.ts';
import { digestSettings } from '../compared-settings.ts';
import { canListen } from '../io/ports.ts';
import { type Check, fail, ok, skip } from '../line.ts';

/** The server on this machine, and whether it was started with the same settings. */
export const server: Check = {
  id: 'server',
  tried: 'ask the server on this machine',
  async run({ settings, relay, machine, server: ask }) {
    const { host, tls } = settings.config;
    const own = Object.values(machine.interfaces()).flatMap((all) =>
      (all ?? []).map(({ address }) => address),
    );
    if (parseAddress(host) !== undefined && !isLocal(host) && !own.includes(host)) {
      return fail(
        `HOST ${host} is no address of this machine`,
        'Set HOST to 0.0.0.0, or to an address of this machine.',
      );
    }
    const found = await ask();
    const isDown = found.kind === 'none' || found.kind === 'stand_in';
    if (isDown && tls?.httpPort !== undefined && !(await canListen(host, tls.httpPort))) {
      return fail(
        `another program has port ${tls.httpPort} (HTTP_PORT)`,
        'Stop the other program, or set HTTP_PORT to a free port to which port 80 is led.',
      );
    }
    const { origin } = found.url;
    switch (found.kind) {
      case 'none':
        return skip(`no server runs at ${origin} (HOST, PORT)`, 'Start Parley and run the doctor again.');
      case 'stand_in':
        return skip(`no server runs at ${origin} (HOST, PORT), so the doctor answered in its place`);
      case 'other':
        return fail(
          `another program has ${origin} (${found.said})`,
          'Stop the other program, or set PORT to a free port.',
        );
      case 'unproven':
        if (!found.hasSecret) {
          return skip(
            `a Parley runs at ${origin}, but this user can't read its secret in the database`,
            "Run the doctor as root or as the server's user, with the server's DATABASE_PATH.",
          );
        }
        return fail(
          `the Parley at ${origin} uses another database`,
          "Run the doctor with the server's own settings: DATABASE_PATH, HOST and PORT.",
        );
      case 'parley': {
        const mine = digestSettings(found.secret, settings.config, relay.conf);
        const differing = Object.keys(mine).filter((name) => found.answer.settings[name] !== mine[name]);
        if (differing.length === 0) return ok(`Parley runs at ${origin} with these settings`);
        return fail(
          `the Parley at ${origin} was started with another ${differing.join(', ')}`,
          `Restart Parley, or run the doctor with the server's own environment: ${differing.join(', ')}.`,
        );
      }
    }
  },
};

/** Whether it is a wildcard or a loopback address, which no interface need show. */
function isLocal(host: string): boolean {
  return /^(0\.0\.0\.0|::|::1|127\..*)$/.test(host);
}
