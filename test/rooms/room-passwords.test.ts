import { describe, expect, it } from 'vitest';
import { HASHES_AT_ONCE, HASHES_WAITING } from '../../src/lib/passwords.ts';
import { RECENT_ROOMS } from '../../src/rooms/recent-rooms.ts';
import {
  OWN_GUESSES_PER_MINUTE,
  RoomPasswords,
  WRONG_PASSWORDS_PER_MINUTE,
} from '../../src/rooms/room-passwords.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { cheapPasswords } from '../support/server/accounts.ts';

const PASSWORD = 'correct horse';
const HOME = '192.0.2.1';

describe('a room password', () => {
  it('[RM5] is hashed once for the life of the room, whoever joins', async () => {
    const { check, hashed } = await setUp();
    for (const user of ['ann', 'bob', 'ann']) expect(await check(user, PASSWORD)).toBe('right');
    for (const attempt of ['correct horsf', '', `${PASSWORD} `])
      expect(await check('cid', attempt)).toBe('wrong');
    expect(hashed()).toBe(1);
  });

  it('is hashed only a few times for a class that joins at once', async () => {
    const { check, derived } = await setUp();
    const results = await Promise.all(Array.from({ length: 20 }, (_, n) => check(`pupil ${n}`, PASSWORD)));
    expect(results).toEqual(Array.from({ length: 20 }, () => 'right'));
    expect(derived()).toBeLessThanOrEqual(2 * HASHES_AT_ONCE);
  });

  it('[RM7] admits all who know it at once, even if they are more than may wait', async () => {
    const { check } = await setUp();
    const people = Array.from({ length: 2 * (HASHES_AT_ONCE + HASHES_WAITING) }, (_, n) => `person ${n}`);
    const results = await Promise.all(people.map((person) => check(person, PASSWORD)));
    expect(new Set(results)).toEqual(new Set(['right']));
  });

  it('[AC1] is remembered in the form that was hashed: what only looks alike is another one', async () => {
    const { check, rooms, passwords } = await setUp();
    const of = { user: 'ann', network: HOME };
    const now = { roomId: 'now', passwordHash: await passwords.hash('\ufb01rst of May', of) };
    rooms.remember('\ufb01rst of May', now);
    expect(await check('bob', 'first of May', { stored: now })).toBe('wrong');
    expect(await check('bob', '\ufb01rst of May', { stored: now })).toBe('right');
    // As rooms were stored when passwords were hashed as NFKC: the hash of `first of May`.
    const before = {
      roomId: 'before',
      passwordHash: '$scrypt$ln=4,r=1,p=1$AAECAwQFBgcICQoLDA0ODw$_OFUgZX6WTRtDzlA7rtAJmekLACziS1KI26i24UDtQI',
    };
    for (const same of ['\ufb01rst of May', 'first of May']) {
      expect(await check('bob', same, { stored: before })).toBe('right');
    }
  });

  it('is hashed again for another password, or another room', async () => {
    const { check, hashed, rooms, stored, passwords } = await setUp();
    await check('ann', PASSWORD);
    const changed = {
      ...stored,
      passwordHash: await passwords.hash('new horse', { user: 'ann', network: HOME }),
    };
    expect(await check('ann', PASSWORD, { stored: changed })).toBe('wrong');
    expect(await check('ann', 'new horse', { stored: changed })).toBe('right');
    expect(hashed()).toBe(3);
    rooms.forget(stored.roomId);
    expect(rooms.size).toBe(0);
    expect(await check('ann', PASSWORD)).toBe('right');
    expect(hashed()).toBe(4);
  });

  it('is remembered for a bounded number of rooms, the oldest forgotten first', async () => {
    const { rooms, stored, check, hashed } = await setUp();
    for (let n = 0; n < RECENT_ROOMS; n += 1) rooms.remember(PASSWORD, { ...stored, roomId: `room ${n}` });
    rooms.remember(PASSWORD, stored);
    expect(rooms.size).toBe(RECENT_ROOMS);
    await check('ann', PASSWORD, { stored: { ...stored, roomId: 'room 1' } });
    expect(hashed()).toBe(0);
    await check('ann', PASSWORD, { stored: { ...stored, roomId: 'room 0' } });
    expect(hashed()).toBe(1);
  });
});

describe('wrong passwords', () => {
  it('[RM7] are limited by user, wherever the user connects from', async () => {
    const { check, clock } = await setUp();
    for (let n = 0; n < WRONG_PASSWORDS_PER_MINUTE; n += 1) {
      expect(await check('ann', 'x', { network: `192.0.2.${n}` })).toBe('wrong');
    }
    expect(await check('ann', PASSWORD, { network: '198.51.100.1' })).toBe('rate_limited');
    expect(await check('bob', PASSWORD, { network: '198.51.100.1' })).toBe('right');
    clock.advance(6_000);
    expect(await check('ann', PASSWORD, { network: '198.51.100.1' })).toBe('right');
  });

  it('[RM7] of neighbours leave each user three guesses', async () => {
    const { check } = await setUp();
    for (let n = 0; n < 2 * WRONG_PASSWORDS_PER_MINUTE; n += 1) await check(`eve ${n % 4}`, 'x');
    for (const user of ['ann', 'bob']) {
      for (let n = 0; n < OWN_GUESSES_PER_MINUTE; n += 1) expect(await check(user, 'x')).toBe('wrong');
      expect(await check(user, PASSWORD)).toBe('rate_limited');
      expect(await check('cid', PASSWORD)).toBe('right');
    }
  });

  it('[RM7] count when they are sent, not when they are answered', async () => {
    const { check } = await setUp();
    const guesses = Array.from({ length: 15 }, () => check('ann', 'x'));
    const results = await Promise.all(guesses);
    expect(results.filter((result) => result === 'wrong')).toHaveLength(WRONG_PASSWORDS_PER_MINUTE);
    expect(results.filter((result) => result === 'rate_limited')).toHaveLength(5);
  });

  it('[RM7] are the only ones that count: not right ones, nor those that couldn’t be checked', async () => {
    const { check, busy } = await setUp();
    for (let n = 0; n < 50; n += 1) expect(await check('ann', PASSWORD)).toBe('right');
    busy(true);
    for (let n = 0; n < 50; n += 1) expect(await check('bob', PASSWORD, { stored: UNKNOWN })).toBe('busy');
    busy(false);
    for (let n = 0; n < WRONG_PASSWORDS_PER_MINUTE; n += 1) expect(await check('bob', 'x')).toBe('wrong');
  });
});

const UNKNOWN = { roomId: 'unknown', passwordHash: '$scrypt$ln=4,r=1,p=1$AAAA$AAAA' };

async function setUp() {
  const clock = new FakeClock();
  const passwords = cheapPasswords();
  const of = { user: 'owner', network: HOME };
  const stored = { roomId: 'room', passwordHash: await passwords.hash(PASSWORD, of) };
  let hashed = 0;
  let derived = 0;
  let isBusy = false;
  const rooms = new RoomPasswords({
    clock,
    passwords: {
      ...passwords,
      verify(attempt, hash, of, known = () => undefined) {
        if (isBusy) return Promise.reject(Object.assign(new Error('busy'), { code: 'busy' }));
        hashed += 1;
        return passwords.verify(attempt, hash, of, () => {
          const answer = known();
          if (answer === undefined) derived += 1;
          return answer;
        });
      },
    },
  });
  const check = (user: string, attempt: string, { network = HOME, stored: other = stored } = {}) =>
    rooms
      .isRight(attempt, other, { user, network })
      .then((isRight) => (isRight ? 'right' : 'wrong'))
      .catch((error: { code: string }) => error.code);
  const busy = (now: boolean) => {
    isBusy = now;
  };
  return { rooms, clock, passwords, stored, check, busy, hashed: () => hashed, derived: () => derived };
}
