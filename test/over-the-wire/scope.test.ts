import { describe, expect, it } from 'vitest';
import { secretKeys } from '../../src/accounts/keys.ts';
import { type MintedClaims, mintToken } from '../../src/accounts/mint.ts';
import { SECRET } from '../support/server/accounts.ts';
import { codeOf, type Guest, type Stage, startStage } from './stage.ts';

const NOWHERE = '33333333-3333-4333-8333-333333333333';

async function minted(stage: Stage, claims: MintedClaims): Promise<Guest> {
  const keys = await secretKeys(SECRET);
  const minting = { keys, issuer: 'parley', audience: 'parley', now: Date.now(), lifetimeSeconds: 600 };
  return stage.bearer(claims.sub, await mintToken(claims, minting));
}

/** Zoe, with a plain token and one for each of two rooms. */
async function zoe(stage: Stage) {
  const [here, there] = [await stage.room(), await stage.room()];
  return {
    here,
    there,
    plain: await minted(stage, { sub: 'zoe' }),
    forHere: await minted(stage, { sub: 'zoe', room: { id: here } }),
    forThere: await minted(stage, { sub: 'zoe', room: { id: there, admin: true } }),
  };
}

describe('a token for one room', () => {
  it('[TK4][SE6] can’t renew a session in another room; one for the same room, or a plain one, can', async () => {
    const stage = await startStage({ JWT_SECRET: SECRET });
    const { here, there, plain, forHere, forThere } = await zoe(stage);
    const person = await plain.inside(here);
    const renew = async ({ token }: Guest) => codeOf(await person.request('session:token', { token }));
    expect(await renew(forThere)).toBe('forbidden');
    expect(await renew(forHere)).toBe('ack');
    expect(await renew(plain)).toBe('ack');
    await person.request('room:leave');
    expect(await renew(forThere)).toBe('ack');
    expect(codeOf(await person.request('room:join', { roomId: here }))).toBe('forbidden');
    expect(codeOf(await person.request('room:join', { roomId: NOWHERE }))).toBe('room_not_found');
    expect(codeOf(await person.request('room:join', { roomId: there }))).toBe('room:joined');
  });

  it('[TK4] may bring the display name that its peer has in that room, and nowhere else', async () => {
    const stage = await startStage({ JWT_SECRET: SECRET });
    const { here, plain } = await zoe(stage);
    const named = await minted(stage, { sub: 'zoe', name: 'Zoe', room: { id: here, name: 'Dr. Zoe' } });
    const ben = await minted(stage, { sub: 'ben' });
    const host = await ben.inside(here);
    const known = await named.inside(here);
    expect(await host.next('peer:joined')).toMatchObject({ payload: { peer: { displayName: 'Dr. Zoe' } } });
    expect(known.welcomed.user.displayName).not.toBe('Dr. Zoe');
    await plain.inside(here);
    const { payload } = await host.next('peer:joined');
    expect(payload).toMatchObject({ peer: { userId: 'zoe' } });
    expect(payload).not.toMatchObject({ peer: { displayName: 'Dr. Zoe' } });
  });

  it('[TK4][SE3] resumes no session that is in another room', async () => {
    const stage = await startStage({ JWT_SECRET: SECRET });
    const { here, plain, forHere, forThere } = await zoe(stage);
    const person = await plain.inside(here);
    person.cut();
    const resume = { token: person.welcomed.resumeToken, lastSeq: person.lastSeq };
    const wrong = await forThere.connect({ resume });
    expect([wrong.welcomed.resumed, wrong.peerId === person.peerId]).toEqual([false, false]);
    const right = await forHere.connect({ resume });
    expect([right.welcomed.resumed, right.peerId]).toEqual([true, person.peerId]);
  });

  it('[TK4] over HTTP gives access to its room, user, STUN and TURN, and logout; everything else is forbidden', async () => {
    const stage = await startStage({ JWT_SECRET: SECRET });
    const { here, there, forHere } = await zoe(stage);
    const ask = async (path: string, method = 'GET', body?: object) => {
      const response = await fetch(stage.server.url + path, {
        method,
        headers: { Authorization: `Bearer ${forHere.token}`, Accept: 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      return response.ok ? response.status : (await response.json()).code;
    };
    for (const path of [`/rooms/${here}`, `/connect/${here}`, '/auth/me', '/ice-servers'])
      expect([path, await ask(path)]).toEqual([path, 200]);
    for (const path of [`/rooms/${there}`, `/connect/${there}`, '/create'])
      expect([path, await ask(path)]).toEqual([path, 'forbidden']);
    expect(await ask('/rooms', 'POST', {})).toBe('forbidden');
    expect(await ask('/rooms', 'POST', { max: 'many' })).toBe('forbidden');
    expect(await ask(`/rooms/${NOWHERE}`)).toBe('room_not_found');
    expect(await ask('/auth/logout', 'POST')).toBe(204);
  });

  it('[TK4][CA6] neither makes nor takes direct calls, even if guests may', async () => {
    const stage = await startStage({ JWT_SECRET: SECRET, DIRECT_CALLS: 'on' });
    const { plain, forHere } = await zoe(stage);
    const ann = await (await minted(stage, { sub: 'ann' })).connect();
    const limited = await forHere.connect();
    const call = { userId: 'zoe', sdp: 'v=0' };
    expect(codeOf(await limited.request('call:offer', { userId: 'ann', sdp: 'v=0' }))).toBe('forbidden');
    expect(codeOf(await ann.request('call:offer', call))).toBe('user_offline');
    const free = await plain.connect();
    expect(codeOf(await ann.request('call:offer', call))).toBe('ack');
    await free.next('call:offer');
    await limited.settled();
    expect(limited.events()).not.toContain('call:offer');
  });

  it('[TK4][CA6] ends the direct call of a session that is renewed with it', async () => {
    const stage = await startStage({ JWT_SECRET: SECRET });
    const { plain, forHere } = await zoe(stage);
    const [ann, person] = [await (await minted(stage, { sub: 'ann' })).connect(), await plain.connect()];
    await ann.request('call:offer', { userId: 'zoe', sdp: 'v=0' });
    await person.next('call:offer');
    await person.request('call:answer', { sdp: 'v=0' });
    expect(codeOf(await person.request('session:token', { token: forHere.token }))).toBe('ack');
    expect((await ann.next('call:hangup')).payload).toMatchObject({ reason: 'peer_left' });
    expect(codeOf(await person.request('call:ice', { candidate: null, to: ann.peerId }))).toBe('not_in_room');
  });
});

describe('direct calls', () => {
  it('[CA6] are for users with an account by default: guests neither call nor are called', async () => {
    const stage = await startStage({ JWT_SECRET: SECRET });
    const [ann, ben] = [await minted(stage, { sub: 'ann' }), await minted(stage, { sub: 'ben' })];
    const guest = await stage.person();
    const [caller, callee] = [await ann.connect(), await ben.connect()];
    const offer = (userId: string) => ({ userId, sdp: 'v=0' });
    expect(codeOf(await guest.request('call:offer', offer('ben')))).toBe('forbidden');
    const toGuest = await caller.request('call:offer', offer(guest.guest.userId));
    const toNobody = await caller.request('call:offer', offer('nobody'));
    expect([codeOf(toGuest), toGuest.payload]).toEqual(['user_offline', toNobody.payload]);
    expect(codeOf(await caller.request('call:offer', offer('ben')))).toBe('ack');
    expect((await callee.next('call:offer')).payload).toMatchObject({ fromUserId: 'ann' });
    await guest.settled();
    expect(guest.events()).not.toContain('call:offer');
  });

  it.each([
    ['on', 'ack'],
    ['off', 'not_in_room'],
  ])('[CA6] of guests are as DIRECT_CALLS=%s says', async (DIRECT_CALLS, code) => {
    const stage = await startStage({ DIRECT_CALLS });
    const [one, other] = [await stage.person(), await stage.person()];
    expect(codeOf(await one.request('call:offer', { userId: other.guest.userId, sdp: 'v=0' }))).toBe(code);
  });
});
