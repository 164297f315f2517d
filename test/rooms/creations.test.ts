import { describe, expect, it } from 'vitest';
import {
  CHANGES_AT_ONCE,
  CHANGES_PER_SECOND,
  Creations,
  OWN_ROOMS,
  PASSWORD_ROOMS_PER_MINUTE,
  ROOMS_PER_GUEST,
  ROOMS_PER_MINUTE,
  ROOMS_PER_NETWORK,
  ROOMS_PER_OWNER,
  type RoomCreators,
} from '../../src/rooms/creations.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { identity } from '../support/server/accounts.ts';

describe('new rooms', () => {
  it('[RM5] can be persistent or listed for accounts and services, not for guests', () => {
    const { count } = setUp();
    for (const fields of [{ persistent: true }, { listed: true }, { persistent: true, listed: true }]) {
      expect(count(guest('eve'), fields)).toBe('forbidden');
      for (const kind of ['registered', 'external'] as const)
        expect(count(account('ann', kind), fields)).toBe('fine');
      expect(count(service('backend'), fields)).toBe('fine');
    }
    expect(count(guest('eve'), { persistent: false, listed: false })).toBe('fine');
  });

  it('[AC3] are for those whom ROOM_CREATION names, by their kind and role', () => {
    const who = [
      guest('eve'),
      account('ann', 'registered'),
      account('ben', 'external'),
      service('backend'),
      identity('root', { kind: 'registered', role: 'admin' }),
      identity('other', { kind: 'external', role: 'teacher' }),
    ];
    const off = 'room_creation_off';
    const outcomes = (creators: RoomCreators) => {
      const { count } = setUp(creators);
      return who.map((one) => count(one));
    };
    expect(outcomes('everyone')).toEqual(['fine', 'fine', 'fine', 'fine', 'fine', 'fine']);
    expect(outcomes('users')).toEqual([off, 'fine', 'fine', 'fine', 'fine', 'fine']);
    expect(outcomes('services')).toEqual([off, off, off, 'fine', 'fine', off]);
  });

  it('[AC3] are refused before anything else is looked at or counted', () => {
    const { count } = setUp('users');
    expect(count(guest('eve'), { persistent: true })).toBe('room_creation_off');
    expect(count(guest('eve'), {}, ROOMS_PER_GUEST)).toBe('room_creation_off');
  });

  it('are limited per owner, and more strictly per guest', () => {
    const { count } = setUp();
    expect(count(guest('eve'), {}, ROOMS_PER_GUEST - 1)).toBe('fine');
    expect(count(guest('eve'), {}, ROOMS_PER_GUEST)).toBe('forbidden');
    expect(count(account('ann'), {}, ROOMS_PER_OWNER - 1)).toBe('fine');
    expect(count(account('ann'), {}, ROOMS_PER_OWNER)).toBe('forbidden');
    expect(count(service('backend'), {}, ROOMS_PER_OWNER)).toBe('forbidden');
  });

  it('are limited per user and minute', () => {
    const { count, clock } = setUp();
    for (let n = 0; n < ROOMS_PER_MINUTE; n += 1) expect(count(account('ann'))).toBe('fine');
    expect(count(account('ann'))).toBe('rate_limited');
    expect(count(account('bob'))).toBe('fine');
    clock.advance(60_000 / ROOMS_PER_MINUTE);
    expect(count(account('ann'))).toBe('fine');
    for (let n = 0; n < 5 * ROOMS_PER_MINUTE; n += 1) expect(count(service('backend'))).toBe('fine');
  });

  it('of guests are limited per network, but each guest has some that no neighbour can spend', () => {
    const { count, clock } = setUp();
    let made = 0;
    for (let n = 0; n < 1_000; n += 1) if (count(guest(`eve ${n % 10}`)) === 'fine') made += 1;
    expect(made).toBeLessThanOrEqual(ROOMS_PER_NETWORK + 10 * OWN_ROOMS);
    for (let n = 0; n < OWN_ROOMS; n += 1) expect(count(guest('ann'))).toBe('fine');
    expect(count(guest('ann'))).toBe('rate_limited');
    // Other networks and users with an account are not affected.
    expect(count(guest('bob'), {}, 0, '198.51.100.1')).toBe('fine');
    expect(count(account('cid'))).toBe('fine');
    clock.advance(60_000);
    expect(count(guest('ann'))).toBe('fine');
  });

  it('with a password are limited more strictly, because each costs a hash', () => {
    const { count } = setUp();
    const password = 'correct horse';
    for (let n = 0; n < PASSWORD_ROOMS_PER_MINUTE; n += 1)
      expect(count(guest('eve'), { password })).toBe('fine');
    expect(count(guest('eve'), { password })).toBe('rate_limited');
    expect(count(guest('eve'))).toBe('fine');
    expect(count(guest('ann'), { password })).toBe('fine');
  });
});

describe('changes of rooms', () => {
  const plain = { persistent: false, listed: false };

  it('[RM5] are limited like messages for users, not for services', () => {
    const { change, clock } = setUp();
    for (let n = 0; n < CHANGES_AT_ONCE; n += 1) expect(change(guest('eve'), { name: 'Tea' })).toBe('fine');
    expect(change(guest('eve'), { name: 'Tea' })).toBe('rate_limited');
    expect(change(guest('ann'), { name: 'Tea' })).toBe('fine');
    clock.advance(1_000 / CHANGES_PER_SECOND);
    expect(change(guest('eve'), { name: 'Tea' })).toBe('fine');
    expect(change(guest('eve'), { name: 'Tea' })).toBe('rate_limited');
    for (let n = 0; n <= CHANGES_AT_ONCE; n += 1) expect(change(service('backend'), {})).toBe('fine');
  });

  it('[RM5] share the passwords of a minute with new rooms', () => {
    const { change, count } = setUp();
    const password = 'correct horse';
    for (let n = 0; n < PASSWORD_ROOMS_PER_MINUTE / 2; n += 1) {
      expect(count(account('ann'), { password })).toBe('fine');
      expect(change(account('ann'), { password })).toBe('fine');
    }
    expect([change(account('ann'), { password }), count(account('ann'), { password })]).toEqual([
      'rate_limited',
      'rate_limited',
    ]);
    expect(change(account('ann'), { password: null })).toBe('fine');
  });

  it('[RM5] make a room persistent or listed for accounts and services, not for guests', () => {
    const { change } = setUp();
    for (const name of ['persistent', 'listed'] as const) {
      expect(change(guest('eve'), { [name]: true })).toBe('forbidden');
      expect(change(guest('eve'), { [name]: true }, { ...plain, [name]: true })).toBe('fine');
      expect(change(guest('eve'), { [name]: false }, { ...plain, [name]: true })).toBe('fine');
      for (const who of [account('ann'), service('backend')]) {
        expect(change(who, { [name]: true })).toBe('fine');
      }
    }
  });

  it('ask for relay candidates only where there is a relay, as new rooms do', () => {
    const { change, count } = setUp('everyone', false);
    for (const act of [change, count]) {
      expect(act(service('backend'), { relayOnly: true })).toBe('no_relay');
      expect(act(service('backend'), { relayOnly: false })).toBe('fine');
    }
  });
});

function setUp(creators: RoomCreators = 'everyone', hasRelay = true) {
  const clock = new FakeClock();
  const creations = new Creations({ clock, creators, hasRelay });
  const count = (
    who: ReturnType<typeof identity>,
    fields: Parameters<Creations['count']>[1] = {},
    owned = 0,
    address = '192.0.2.1',
  ): unknown => {
    return outcomeOf(() => creations.count({ identity: who, client: { address } }, fields, owned));
  };
  const change = (
    who: ReturnType<typeof identity>,
    fields: Parameters<Creations['countChange']>[1],
    room = { persistent: false, listed: false },
  ): unknown => outcomeOf(() => creations.countChange({ identity: who }, fields, room));
  return { clock, count, change };
}

/** `fine`, or the code of the refusal. */
function outcomeOf(act: () => void): unknown {
  try {
    act();
    return 'fine';
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
}

const guest = (id: string) => identity(id);
const service = (id: string) => identity(id, { role: 'service' });

function account(id: string, kind: 'registered' | 'external' = 'registered') {
  return identity(id, { kind });
}
