import { digestSettings } from '../compared-settings.ts';
import { type Check, fail, ok, skip } from '../line.ts';

/** The server on this machine, and whether it was started with the same settings. */
export const server: Check = {
  id: 'server',
  tried: 'ask the server on this machine',
  async run({ settings, relay, server: ask }) {
    const found = await ask();
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
