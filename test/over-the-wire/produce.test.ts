import { describe, expect, it } from 'vitest';
import { SECRET } from '../support/server/accounts.ts';
import { ask, minted } from './hosting.ts';
import { type Guest, type Person, startStage } from './stage.ts';

const ROOM = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a';
const NOWHERE = '33333333-3333-4333-8333-333333333333';
const OFF = { audio: false, video: false, screen: false };

/** A room of a backend, and what happens to its users. */
async function backed(...users: readonly string[]) {
  const stage = await startStage({ JWT_SECRET: SECRET });
  const service = await minted(stage, { sub: 'backend', role: 'service' });
  const call = async (method: string, path: string, body?: object, who: Guest = service) => {
    const reply = await ask(stage, method, `/rooms/${ROOM}${path}`, who, body);
    return { ...(await reply.json()), status: reply.status };
  };
  await call('POST', '', { emptySeconds: 60 });
  for (const user of users) await call('POST', `/users/${user}`, { userInfo: user });
  const user = (sub: string, room?: object): Promise<Guest> =>
    minted(stage, room === undefined ? { sub } : { sub, room: { id: ROOM, ...room } });
  return {
    stage,
    call,
    user,
    inside: async (sub: string, room?: object): Promise<Person> => (await user(sub, room)).inside(ROOM),
    produce: (id: string, body: object, who?: Guest) => call('POST', `/users/${id}/produce`, body, who),
    consume: (id: string, body: object, who?: Guest) => call('POST', `/users/${id}/consume`, body, who),
    /** Waits until the server knows that somebody's line is lost. */
    cut: async (person: Person, witness: Person) => {
      person.cut();
      await witness.next('peer:suspended');
    },
  };
}

const events = async (person: Person, event: string) => {
  await person.settled();
  return person.frames.filter((frame) => frame.event === event).map(({ payload }) => payload);
};
const PENDING = { status: 409, code: 'no_pending_offer' };
const CONNECTED = { status: 200 };

describe('what a user sends', () => {
  it('[CT1] is set for all of its peers, suspended ones too, and told to everybody inside', async () => {
    const { inside, produce, cut } = await backed();
    const [ben, tab, tab2] = [await inside('ben'), await inside('ada'), await inside('ada')];
    await tab.request('media:state', { video: true });
    await cut(tab, ben);
    const reply = await produce('ada', { constraints: { screen: true, audio: true } });
    expect(reply).toEqual({
      status: 200,
      id: 'ada',
      userInfo: null,
      constraints: { audio: true, video: false, screen: true },
      outbound: [{ id: 'ben', userInfo: null }],
    });
    const told = [
      { peerId: tab.peerId, audio: true, video: true, screen: true },
      { peerId: tab2.peerId, audio: true, video: false, screen: true },
    ];
    for (const person of [ben, tab2]) expect((await events(person, 'peer:media')).slice(-2)).toEqual(told);
    const back = tab.resume();
    expect(
      [await back.next('peer:media'), await back.next('peer:media')].map(({ payload }) => payload),
    ).toEqual(told);
  });

  it('[CT1] is for the backend and the user itself to say, and for nobody else', async () => {
    const { call, inside, user, produce, stage } = await backed('ada');
    await inside('ben');
    const ben = await user('ben', {});
    expect(await produce('ben', { constraints: { video: true } }, ben)).toMatchObject({ status: 200 });
    expect(await call('DELETE', '/users/ben/produce', undefined, await user('ben'))).toEqual({
      status: 200,
      id: 'ben',
      userInfo: null,
      outbound: [{ id: 'ada', userInfo: 'ada' }],
    });
    for (const [method, path] of [
      ['POST', '/users/ada/produce'],
      ['DELETE', '/users/ada/produce'],
      ['POST', '/users/ada/consume'],
    ] as const) {
      expect(await call(method, path, {}, ben)).toMatchObject({ status: 403, code: 'forbidden' });
      const stranger = path.replace('ada', 'cem');
      const body = { constraints: {}, id: 'ada', answer: 'v=0' };
      expect(await call(method, stranger, body)).toMatchObject({ status: 404, code: 'user_not_found' });
      const service = await minted(stage, { sub: 'backend', role: 'service' });
      const nowhere = await ask(stage, method, `/rooms/${NOWHERE}${path}`, service, body);
      expect(await nowhere.json()).toMatchObject({ status: 404, code: 'room_not_found' });
    }
  });

  it('[CT1] [RM6] is never what it may not send: nothing of such a request is done', async () => {
    const { inside, produce } = await backed('cem');
    const [ada, ben] = [await inside('ada', { send: ['audio', 'chat'] }), await inside('ben')];
    const offers = [{ id: 'ben', offer: 'v=0' }];
    expect(await produce('ada', { constraints: { audio: true, video: true }, offers })).toMatchObject({
      status: 403,
      code: 'forbidden',
    });
    expect(await produce('ada', { constraints: { video: false } })).toMatchObject({ constraints: OFF });
    expect(await events(ben, 'call:offer')).toEqual([]);
    expect(await events(ada, 'peer:media')).toEqual([{ peerId: ada.peerId, ...OFF }]);
    // Of an expected user it is seen when it comes in.
    const all = { audio: true, video: true, screen: true };
    expect(await produce('cem', { constraints: all })).toMatchObject({ status: 200, constraints: all });
    const cem = await inside('cem', { send: ['video'] });
    expect((await cem.next('peer:media')).payload).toEqual({ peerId: cem.peerId, ...OFF, video: true });
  });

  it('[CT1] [CT4] is kept for an expected user until it comes in, and forgotten with its place', async () => {
    const { call, user, produce } = await backed('ada');
    await produce('ada', { constraints: { audio: false, video: true } });
    expect(await produce('ada', { constraints: { screen: true } })).toMatchObject({
      constraints: { audio: false, video: true, screen: true },
    });
    const person = await (await user('ada')).connect();
    const media = { audio: true };
    const { payload } = await person.request('room:join', { roomId: ROOM, media });
    expect(payload).toMatchObject({ peers: [] });
    const state = { peerId: person.peerId, audio: false, video: true, screen: true };
    expect((await person.next('peer:media')).payload).toEqual(state);

    await call('POST', '/users/ben', {});
    await produce('ben', { constraints: { video: true } });
    await call('DELETE', '/users/ben');
    await call('POST', '/users/ben', {});
    expect(await produce('ben', { offers: [] })).toMatchObject({ status: 200, constraints: OFF });
    await (await user('ben')).inside(ROOM);
    expect((await person.next('peer:joined')).payload).toMatchObject({ peer: { userId: 'ben', media: OFF } });
  });
});

describe('offers of a backend', () => {
  it.each([
    'v=0\r\n',
    { type: 'offer', sdp: 'v=0', more: [null, { deep: 1.5 }], 'é ': ' ' },
    JSON.parse('{"__proto__": {"constructor": 1}, "constructor": 2}'),
  ])('[CT2] arrive as given: %j', async (offer) => {
    const { inside, produce, consume } = await backed();
    const [ada, ben] = [await inside('ada'), await inside('ben')];
    await produce('ada', { offer });
    const { payload } = await ben.next('call:offer');
    expect(JSON.stringify(payload)).toBe(JSON.stringify({ sdp: offer, from: ada.peerId, fromUserId: 'ada' }));
    await consume('ben', { id: 'ada', answer: offer });
    expect(JSON.stringify((await ada.next('call:answer')).payload)).toBe(
      JSON.stringify({ sdp: offer, from: ben.peerId, fromUserId: 'ben' }),
    );
    // They have a call now, which ends as any other.
    await ben.request('room:leave');
    expect((await ada.next('call:hangup')).payload).toMatchObject({ from: ben.peerId, reason: 'peer_left' });
  });

  it('[CT2] are relayed all or none, each to another user that is there', async () => {
    const { inside, produce } = await backed('cem');
    const [ada, ben] = [await inside('ada'), await inside('ben')];
    for (const id of ['dora', 'ada']) {
      const offers = [
        { id: 'ben', offer: 'v=0' },
        { id, offer: 'v=0' },
      ];
      expect(await produce('ada', { constraints: { audio: true }, offers })).toMatchObject({
        status: 404,
        code: 'user_not_found',
      });
    }
    expect(await produce('ada', { offer: 'v=0' })).toMatchObject({
      status: 409,
      code: 'offer_per_peer_required',
    });
    expect([await events(ben, 'call:offer'), await events(ada, 'peer:media')]).toEqual([[], []]);
    const alone = await backed('ada');
    expect(await alone.produce('ada', { offer: 'v=0' })).toMatchObject({ code: 'offer_per_peer_required' });
  });

  it('[CT2] [CT4] are relayed to nobody if one can’t be kept', async () => {
    const { inside, produce } = await backed('ada', 'cem');
    const ben = await inside('ben');
    const toCem = { offers: [{ id: 'cem', offer: 'v=0' }] };
    for (let count = 0; count < 64; count++) expect((await produce('ada', toCem)).status).toBe(200);
    const offers = [{ id: 'ben', offer: 'v=0' }, ...toCem.offers];
    expect(await produce('ada', { offers })).toMatchObject({ status: 409, code: 'peer_gone' });
    expect(await events(ben, 'call:offer')).toEqual([]);
  });

  it('[CT2] [CT3] are refused with the wrong fields, each by its name', async () => {
    const { produce, consume } = await backed('ada', 'ben');
    const many = Array.from({ length: 51 }, (_, number) => ({ id: `user-${number}`, offer: 'v=0' }));
    for (const [body, path] of [
      [{}, ''],
      [{ offer: 'v=0', offers: [] }, ''],
      [{ offer: 4 }, 'offer'],
      [{ offer: null }, 'offer'],
      [{ offer: ['v=0'] }, 'offer'],
      [{ offers: [{ id: 'ben' }] }, 'offers.0.offer'],
      [{ offers: [{ offer: 'v=0' }] }, 'offers.0.id'],
      [
        {
          offers: [
            { id: 'ben', offer: 'a' },
            { id: 'ben', offer: 'b' },
          ],
        },
        'offers',
      ],
      [{ offers: many }, 'offers'],
      [{ constraints: { video: { width: 640 } } }, 'constraints.video'],
      [{ constraints: { audio: null } }, 'constraints.audio'],
    ] as const) {
      const reply = await produce('ada', body);
      expect([body, reply.status, reply.errors?.[0].path]).toEqual([body, 400, path]);
    }
    for (const body of [{}, { id: 'ada' }, { answer: 'v=0' }, { id: 'ada', answer: 1 }, { answers: [] }]) {
      expect(await consume('ben', body)).toMatchObject({ status: 400, code: 'validation_failed' });
    }
    const both = { id: 'ada', answer: 'v=0', answers: [{ id: 'ada', answer: 'v=0' }] };
    expect(await consume('ben', both)).toMatchObject({ status: 400, code: 'validation_failed' });
    expect(await produce('ada', { offer: 'x'.repeat(65_536) })).toMatchObject({
      status: 413,
      code: 'too_large',
    });
  });

  it('[CT2] reach a suspended peer when it is back', async () => {
    const { inside, produce, cut } = await backed();
    const [ada, ben] = [await inside('ada'), await inside('ben')];
    await cut(ben, ada);
    await produce('ada', { offer: 'v=0' });
    expect((await ben.resume().next('call:offer')).payload).toMatchObject({ from: ada.peerId });
  });
});

describe('answers of a backend', () => {
  it('[CT3] fit an offer by WebSocket, and arrive at the peer that made it', async () => {
    const { inside, consume } = await backed();
    const [tab, ben, tab2] = [await inside('ada'), await inside('ben'), await inside('ada')];
    expect(await consume('ben', { id: 'ada', answer: 'v=0' })).toMatchObject(PENDING);
    await tab.request('call:offer', { to: ben.peerId, sdp: 'v=0' });
    expect(await consume('tab', { id: 'ada', answer: 'v=0' })).toMatchObject({ code: 'user_not_found' });
    expect(await consume('ada', { id: 'ben', answer: 'v=0' })).toMatchObject(PENDING);
    expect(await consume('ben', { id: 'ada', answer: 'v=1' })).toMatchObject(CONNECTED);
    expect((await tab.next('call:answer')).payload).toEqual({
      sdp: 'v=1',
      from: ben.peerId,
      fromUserId: 'ben',
    });
    expect(await events(tab2, 'call:answer')).toEqual([]);
  });

  it('[CT3] find no offer that was answered, hung up, or whose side has left', async () => {
    const { inside, consume, call, produce } = await backed('cem');
    const [ada, ben] = [await inside('ada'), await inside('ben')];
    const offer = () => ada.request('call:offer', { to: ben.peerId, sdp: 'v=0' });
    const answer = () => consume('ben', { id: 'ada', answer: 'v=0' });
    await offer();
    await ben.request('call:answer', { to: ada.peerId, sdp: 'v=0' });
    expect(await answer()).toMatchObject(PENDING);
    for (const [one, other] of [
      [ada, ben],
      [ben, ada],
    ] as const) {
      await offer();
      await one.request('call:hangup', { to: other.peerId });
      expect(await answer()).toMatchObject(PENDING);
    }
    await offer();
    await offer();
    expect(await answer()).toMatchObject(CONNECTED);
    expect(await answer()).toMatchObject(PENDING);
    await offer();
    await ada.request('room:leave');
    await ada.request('room:join', { roomId: ROOM });
    expect(await answer()).toMatchObject(PENDING);
    // Users who are expected leave by being removed.
    await produce('cem', { offers: [{ id: 'ben', offer: 'v=0' }] });
    await call('DELETE', '/users/cem');
    await call('POST', '/users/cem', {});
    expect(await consume('ben', { id: 'cem', answer: 'v=0' })).toMatchObject(PENDING);
  });

  it('[CT3] [CT4] fit an offer by WebSocket to an expected user, until a hangup takes it back', async () => {
    const { inside, consume } = await backed('cem');
    const ada = await inside('ada');
    const offer = () => ada.request('call:offer', { userId: 'cem', sdp: 'v=0' });
    await offer();
    expect(await consume('cem', { id: 'ada', answer: 'v=1' })).toMatchObject(CONNECTED);
    expect((await ada.next('call:answer')).payload).toEqual({ sdp: 'v=1', from: null, fromUserId: 'cem' });
    await offer();
    await ada.request('call:hangup', { userId: 'cem' });
    expect(await consume('cem', { id: 'ada', answer: 'v=1' })).toMatchObject(PENDING);
    // It comes in, and answers itself.
    await offer();
    const cem = await inside('cem');
    await cem.next('call:offer');
    await cem.request('call:answer', { sdp: 'v=2' });
    expect((await ada.next('call:answer')).payload).toMatchObject({ sdp: 'v=2', from: cem.peerId });
    expect(await consume('cem', { id: 'ada', answer: 'v=1' })).toMatchObject(PENDING);
  });

  it('[CT3] are relayed all or none', async () => {
    const { inside, consume, produce } = await backed('cem');
    const [ada, ben] = [await inside('ada'), await inside('ben')];
    await produce('ada', { offers: [{ id: 'cem', offer: 'v=0' }] });
    const answers = [
      { id: 'ada', answer: 'v=0' },
      { id: 'ben', answer: 'v=0' },
    ];
    expect(await consume('cem', { answers })).toMatchObject(PENDING);
    expect(await events(ada, 'call:answer')).toEqual([]);
    await produce('ben', { offers: [{ id: 'cem', offer: 'v=0' }] });
    expect(await consume('cem', { answers })).toMatchObject(CONNECTED);
    for (const person of [ada, ben]) expect(await events(person, 'call:answer')).toHaveLength(1);
  });

  it('[CT3] to one offer at the same time: exactly one is relayed', async () => {
    const { inside, consume, produce } = await backed('ada');
    const ben = await inside('ben');
    await produce('ben', { offer: 'v=0' });
    const replies = await Promise.all(
      Array.from({ length: 8 }, (_, number) => consume('ada', { id: 'ben', answer: `v=${number}` })),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(409)]);
    expect(await events(ben, 'call:answer')).toHaveLength(1);
  });

  it('[CT2] [CT3] while the user goes: 200 or 404, and no offer is left behind', async () => {
    const { inside, call, consume, produce } = await backed();
    const ben = await inside('ben');
    for (let round = 0; round < 10; round++) {
      await call('POST', '/users/ada', {});
      const [, made] = await Promise.all([
        call('DELETE', '/users/ada'),
        produce('ada', { constraints: { audio: true }, offers: [{ id: 'ben', offer: 'v=0' }] }),
      ]);
      expect([200, 404]).toContain(made.status);
      await call('POST', '/users/ada', {});
      expect(await consume('ben', { id: 'ada', answer: 'v=0' })).toMatchObject(PENDING);
      expect(await produce('ada', { offers: [] })).toMatchObject({ constraints: OFF });
    }
    expect((await ben.request('ping')).event).toBe('pong');
  });
});
