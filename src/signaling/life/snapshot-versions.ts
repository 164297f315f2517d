import * as v from 'valibot';
import { NOTHING_GRANTED } from '../../domain/room-rights.ts';

/** Version of the rows that this build writes. A change to `SavedSession` needs a new one, and a step below. */
export const SNAPSHOT_VERSION = 5;
/** The oldest version that this build reads. */
const OLDEST_VERSION = 2;

/** Whether this build can restore a snapshot of this version. */
export function isReadable(version: number): boolean {
  return version >= OLDEST_VERSION && version <= SNAPSHOT_VERSION;
}

/**
 * Brings a row of an older build to today's form, so that a restart is a resume even if it is an update [SE8].
 * @returns something that the schema refuses if the row isn't of that version
 */
export function migrateRow(row: unknown, version: number): unknown {
  let migrated = row;
  for (let from = version; from < SNAPSHOT_VERSION; from += 1) migrated = STEPS.get(from)?.(migrated);
  return migrated;
}

const Version2 = v.looseObject({
  identity: v.looseObject({ user: v.looseObject({ id: v.string(), kind: v.string() }) }),
});

/** Version 2 had the profile inside the identity. */
function splitIdentity(row: unknown): unknown {
  const { success, output } = v.safeParse(Version2, row);
  if (!success) return undefined;
  const { user, ...rights } = output.identity;
  return { ...output, identity: { ...rights, userId: user.id, kind: user.kind }, profile: user };
}

const Version3 = v.looseObject({ identity: v.looseObject({ role: v.nullable(v.string()) }) });

/** In version 3 every role came from a token: none was stored. */
function addClaimedRole(row: unknown): unknown {
  const { success, output } = v.safeParse(Version3, row);
  if (!success) return undefined;
  return { ...output, identity: { ...output.identity, claimedRole: output.identity.role } };
}

const Version4 = v.looseObject({
  identity: v.looseObject({ userId: v.string(), room: v.nullable(v.looseObject({ admin: v.boolean() })) }),
  place: v.nullable(v.looseObject({})),
});

/** In version 4 rooms granted nobody anything. That somebody is in its own room isn't known until it joins again. */
function addRights(row: unknown): unknown {
  const { success, output } = v.safeParse(Version4, row);
  if (!success) return undefined;
  const { identity, place } = output;
  const room = identity.room && { ...identity.room, send: null, skipKnock: false };
  return {
    ...output,
    identity: { ...identity, room },
    place: place && { ...place, granted: NOTHING_GRANTED, ownName: null, raisedAt: null, chatSince: '' },
  };
}

/** From each version to the next. */
const STEPS: ReadonlyMap<number, (row: unknown) => unknown> = new Map([
  [2, splitIdentity],
  [3, addClaimedRole],
  [4, addRights],
]);
