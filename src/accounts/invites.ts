import { ParleyError } from '../domain/errors.ts';
import type { Ids } from '../domain/ids.ts';
import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/iso-time.ts';
import { sha256 } from '../lib/secrets.ts';
import type { InviteRequest, RegistrationInvite } from '../protocol/bodies.ts';
import type { Store } from '../store/contract.ts';

/** Max invitations to register that can be used at the same time. */
export const REGISTRATION_INVITES = 100;

/** Invitations to register, for `REGISTRATION=invite`. */
export interface Invites {
  /**
   * @returns the invitation's id and its secret, which isn't stored
   * @throws ParleyError `validation_failed` if it would have expired already; `forbidden` beyond `REGISTRATION_INVITES`
   */
  create(request: InviteRequest): Promise<{ readonly id: string; readonly secret: string }>;
  /** Those that haven't expired, used-up ones too, oldest first. */
  list(): Promise<RegistrationInvite[]>;
  /** @throws ParleyError `not_found` */
  remove(id: string): Promise<void>;
}

interface InvitesDeps {
  readonly invites: Store['registrationInvites'];
  readonly clock: Clock;
  readonly ids: Ids;
}

export function createInvites({ invites, clock, ids }: InvitesDeps): Invites {
  return {
    async create({ uses = null, expiresAt: until = null }) {
      const createdAt = clock.now();
      const expiresAt = until === null ? null : Date.parse(until);
      if (expiresAt !== null && expiresAt <= createdAt) throw inThePast();
      const id = ids.unique();
      const secret = ids.secret();
      const invite = { id, hash: sha256(secret), uses, createdAt, expiresAt };
      if (!(await invites.insert(invite, REGISTRATION_INVITES))) throw tooMany();
      return { id, secret };
    },

    async list() {
      const rows = await invites.list(clock.now());
      return rows.map(({ createdAt, expiresAt, ...row }) => ({
        ...row,
        createdAt: isoTime(createdAt),
        expiresAt: expiresAt === null ? null : isoTime(expiresAt),
      }));
    },

    async remove(id) {
      if (!(await invites.remove(id))) {
        throw new ParleyError('not_found', 'There is no such invitation. GET /invites lists all.');
      }
    },
  };
}

function inThePast(): ParleyError {
  const message = 'must be in the future';
  return new ParleyError('validation_failed', `\`expiresAt\` ${message}.`, {
    errors: [{ path: 'expiresAt', message }],
  });
}

function tooMany(): ParleyError {
  return new ParleyError(
    'forbidden',
    `There are ${REGISTRATION_INVITES} invitations already. Delete one that isn't needed any more.`,
    { limit: 'invites' },
  );
}
