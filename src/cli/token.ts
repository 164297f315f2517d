import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { secretKeys } from '../accounts/keys.ts';
import { mintToken } from '../accounts/mint.ts';
import { StartError } from '../domain/errors.ts';
import { systemClock } from '../lib/clock.ts';
import { parseDuration } from '../lib/durations.ts';
import { Uuid } from '../protocol/fields.ts';
import { SEND_KINDS, type SendKind, SendRights } from '../protocol/room-fields.ts';
import { type Command, configOf } from './command.ts';
import { print } from './terminal.ts';

/** Makes an access token offline, as a backend that shares the secret would [TK1] [TK4]. */
export const command: Command = {
  help: `  parley token ...      make an access token with JWT_SECRET, as a backend would:
      --sub ID          the user's id (required)
      --name NAME       the user's display name
      --service         a backend that controls rooms
      --room ID         opens this room without its password, and no other; with --admin as its host, with
                        --skip-knock past its waiting room, with --send audio,chat to send no more than that
      --expires TIME    lifetime: a number with s, m, h or d (default 1h)`,

  async run(argv, environment) {
    const config = configOf(environment);
    if (config.jwtSecret === undefined) {
      throw new StartError(
        'Set JWT_SECRET, the same as for the server. Without it only the server makes tokens.',
      );
    }
    const { sub, name, service, room, admin, send, expires, ...flags } = parseArgs({
      args: [...argv],
      options: {
        sub: { type: 'string' },
        name: { type: 'string' },
        service: { type: 'boolean', default: false },
        room: { type: 'string' },
        admin: { type: 'boolean', default: false },
        send: { type: 'string' },
        'skip-knock': { type: 'boolean', default: false },
        expires: { type: 'string', default: '1h' },
      },
    }).values;
    if (sub === undefined) throw new StartError("--sub is missing: give the id of the token's user.");
    if (room === undefined && (admin || send !== undefined || flags['skip-knock'])) {
      throw new StartError('--admin, --send and --skip-knock are rights in a room: give its id with --room.');
    }
    if (room !== undefined && !v.is(Uuid, room))
      throw new StartError(`--room is ${room}: expected a room's id`);
    const lifetimeSeconds = secondsOf(expires);
    const role = service ? 'service' : undefined;
    const rights = { admin, send: sendOf(send), skipKnock: flags['skip-knock'] };
    const token = await mintToken(
      { sub, name, role, room: room === undefined ? undefined : { id: room, ...rights } },
      {
        keys: await secretKeys(config.jwtSecret),
        issuer: config.jwtIssuer,
        audience: config.jwtAudience,
        now: systemClock.now(),
        lifetimeSeconds,
      },
    );
    return print(token);
  },
};

/** @throws StartError unless it is a whole number above 0 with s, m, h or d, of 100 years at most */
function secondsOf(duration: string): number {
  const ms = parseDuration(duration);
  if (ms !== undefined) return ms / 1_000;
  throw new StartError(
    `--expires is ${duration}: expected a number with s, m, h or d, such as 90s, 15m, 1h or 30d`,
  );
}

/** @throws StartError unless it is a comma-separated list of kinds */
function sendOf(list: string | undefined): readonly SendKind[] | undefined {
  if (list === undefined) return undefined;
  const kinds = v.safeParse(SendRights, list === '' ? [] : list.split(','));
  if (kinds.success) return kinds.output;
  throw new StartError(`--send is ${list}: expected a comma-separated list of ${SEND_KINDS.join(', ')}`);
}
