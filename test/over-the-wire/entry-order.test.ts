import { describe, expect, it } from 'vitest';
import { WRONG_PASSWORDS_PER_MINUTE } from '../../src/rooms/room-passwords.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { SECRET } from '../support/server/accounts.ts';
import { ask, minted } from './hosting.ts';
import { codeOf, type Guest, type Stage, startStage } from './stage.ts';

const PASSWORD = 'correct horse';
const ELSEWHERE = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a';

/** Why somebody isn't let in, in the order of [RM1]: the code over WebSocket, and the status and code over HTTP. */
const REASONS = {
  gone: ['room_not_found', 404],
  otherRoom: ['forbidden', 403],
  banned: ['banned', 403],
  notOpen: ['room_not_open', 403],
  locked: ['room_locked', 403],
  badInvitation: ['forbidden', 403],
  password: ['password_required', 403],
  wrongPassword: ['wrong_password', 403],
  tooManyPasswords: ['rate_limited', 429],
  knockRefused: ['knock_refused', 403],
  // Not a refusal, but it comes before `full`: a full room still lets one knock.
  mustKnock: ['knock:waiting', 202],
  full: ['room_full', 409],
} as const;
type Reason = keyof typeof REASONS;

/** Each place in the order holds the reasons that can't apply together. */
const ORDER: readonly (readonly Reason[])[] = [
  ['gone'],
  ['otherRoom'],
  ['banned'],
  ['notOpen'],
  ['locked'],
  ['badInvitation'],
  ['password', 'wrongPassword', 'tooManyPasswords'],
  ['knockRefused', 'mustKnock'],
  ['full'],
];

/** Reasons that apply at once, the one that wins first. */
const SITUATIONS: readonly (readonly Reason[])[] = ORDER.flatMap((group, place) =>
  group.flatMap((reason) => {
    const later = ORDER.slice(place + 1);
    const [next = [], ...others] = later;
    const pairs = next.map((second) => [reason, second] as const);
    const all = others.length === 0 ? [] : [[reason, ...later.flatMap(([first]) => first ?? [])] as const];
    return [[reason] as const, ...pairs, ...all];
  }),
);

/** A room that keeps Ben out for these reasons. */
async function shut(stage: Stage, clock: FakeClock, reasons: readonly Reason[]) {
  const is = (reason: Reason) => reasons.includes(reason);
  const owner = await stage.guest('Ann');
  const { room } = await (await ask(stage, 'POST', '/rooms', owner, {})).json();
  const path = `/rooms/${room.id}`;
  const set = async (fields: object) =>
    expect((await ask(stage, 'PATCH', path, owner, fields)).status).toBe(200);
  const host = await owner.inside(room.id);
  await (await stage.guest('Cem')).inside(room.id);
  const ben = await stage.guest('Ben');
  if (is('tooManyPasswords')) {
    await set({ password: PASSWORD });
    await spendPasswords(ben, room.id);
    await set({ password: null });
  }
  if (is('knockRefused')) {
    await set({ waitingRoom: true });
    const waits = await ben.connect();
    const { payload } = await waits.request('room:join', { roomId: room.id });
    await host.request('room:refuse', payload);
    await waits.request('session:bye');
    await set({ waitingRoom: false });
  }
  if (is('banned')) {
    const { peerId } = await ben.inside(room.id);
    await host.request('room:kick', { peerId, ban: true });
  }
  await set({
    ...(is('notOpen') ? { notBefore: new Date(clock.now() + 60_000).toISOString() } : {}),
    ...(is('password') || is('wrongPassword') || is('tooManyPasswords') ? { password: PASSWORD } : {}),
    locked: is('locked'),
    waitingRoom: is('knockRefused') || is('mustKnock'),
    max: is('full') ? 2 : 50,
  });
  if (is('gone')) await ask(stage, 'DELETE', path, owner);
  const claims = { sub: ben.userId, room: { id: ELSEWHERE } };
  return {
    roomId: room.id as string,
    ben: is('otherRoom') ? await minted(stage, claims) : ben,
    attempt: {
      ...(is('badInvitation') ? { invite: 'no such invitation' } : {}),
      ...(is('wrongPassword') || is('tooManyPasswords') ? { password: 'wrong horse' } : {}),
    },
  };
}

/** Spends the guesses that Ben's network shares, and then those that are Ben's own. */
async function spendPasswords(ben: Guest, roomId: string): Promise<void> {
  const person = await ben.connect();
  for (let guesses = 0; guesses <= 2 * WRONG_PASSWORDS_PER_MINUTE; guesses += 1) {
    const answer = await person.request('room:join', { roomId, password: 'wrong horse' });
    if (codeOf(answer) === 'rate_limited') return void (await person.request('session:bye'));
  }
  throw new Error('wrong passwords are not limited');
}

describe('of several reasons not to let somebody in', () => {
  it.each(SITUATIONS.map((reasons) => [reasons.join(', '), reasons] as const))(
    '[RM1] the first counts: %s',
    async (_, reasons) => {
      const [first = 'gone'] = reasons;
      const clock = new FakeClock(Date.now());
      const stage = await startStage({ JWT_SECRET: SECRET }, { clock });
      const { roomId, ben, attempt } = await shut(stage, clock, reasons);
      const [code, status] = REASONS[first];
      const answer = await (await ben.connect()).request('room:join', { roomId, ...attempt });
      expect(codeOf(answer)).toBe(code);
      const reply = await ask(stage, 'POST', `/rooms/${roomId}/join`, ben, attempt);
      expect(reply.status).toBe(status);
      if (status !== 202) expect((await reply.json()).code).toBe(code);
    },
  );

  it('[RM1] being inside a room comes before all of them', async () => {
    const clock = new FakeClock(Date.now());
    const stage = await startStage({ JWT_SECRET: SECRET }, { clock });
    const { roomId, ben } = await shut(stage, clock, ['banned', 'locked', 'password', 'full']);
    const person = await ben.inside(await stage.room());
    for (const target of [roomId, ELSEWHERE]) {
      expect(codeOf(await person.request('room:join', { roomId: target }))).toBe('already_in_room');
    }
  });
});
