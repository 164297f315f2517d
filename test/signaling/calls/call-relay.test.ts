import { describe, expect, it } from 'vitest';
import { CALL_COUNTERPARTS } from '../../../src/signaling/calls/links.ts';
import { OTHER_ROOM, type Person, say, stage } from '../../support/server/hub.ts';

const refusal = (code: string) => expect.objectContaining({ code });

function calls(person: Person): unknown[] {
  return person.socket.frames
    .filter(({ event }) => event.startsWith('call:'))
    .map(({ event, payload }) => [event, payload]);
}

const SDP = 'v=0\r\n';

describe('in a room', () => {
  it('[CA1][CA2] relays an offer with its sender, and with every field that the server doesn’t know', () => {
    const on = stage();
    const [ann, ben] = [on.inside('ann'), on.inside('ben')];
    const payload = { to: ben.session.peerId, sdp: SDP, streams: { cam: 'camera' } };
    say(on, ann, 'call:offer', payload);
    expect(calls(ben)).toEqual([['call:offer', { ...payload, from: ann.session.peerId, fromUserId: 'ann' }]]);
  });

  it('[WS3] keeps the payload byte for byte', () => {
    const on = stage();
    const [ann, ben] = [on.inside('ann'), on.inside('ben')];
    const rest = `"to":"${ben.session.peerId}" , "sdp" : "v=0\\r\\n\\u0041", "n":1.0, "big":12345678901234567890,"e":1E2 }`;
    say(on, ann, 'call:offer', JSON.parse(`{${rest}`), `{ ${rest}`);
    ben.socket.flush();
    expect(ben.socket.texts.at(-1)).toBe(
      `{"event":"call:offer","seq":3,"payload":{"from":"${ann.session.peerId}","fromUserId":"ann",${rest}}`,
    );
  });

  it.each([
    '"from":"forged"',
    '"\\u0066rom":"forged"',
    '"from":"forged","from":{"a":[1,{"b":"}"}]}',
    '"fromUserId":"forged" , "from" : "for\\"ged"',
    '"fr\\u006fmUserId":["forged"],"from":null',
  ])('[CA2] replaces a forged sender: %s', (forged) => {
    const on = stage();
    const [ann, ben] = [on.inside('ann'), on.inside('ben')];
    for (const text of [
      `{${forged},"to":"${ben.session.peerId}","sdp":"x","nested":{"from":"kept"}}`,
      `{"to":"${ben.session.peerId}","sdp":"x","nested":{"from":"kept"},${forged}}`,
    ]) {
      say(on, ann, 'call:offer', JSON.parse(text), text);
      ben.socket.flush();
      const last = ben.socket.texts.at(-1) ?? '';
      expect(last).not.toContain('forged');
      expect(last.match(/"from"/g)).toHaveLength(2);
      expect(JSON.parse(last).payload).toEqual({
        from: ann.session.peerId,
        fromUserId: 'ann',
        to: ben.session.peerId,
        sdp: 'x',
        nested: { from: 'kept' },
      });
    }
  });

  it('[CA3] relays to the user’s latest peer in the room by `userId`', () => {
    const on = stage();
    const [ann, old, young] = [on.inside('ann'), on.inside('ben'), on.inside('ben')];
    on.connect('ben');
    say(on, ann, 'call:offer', { userId: 'ben', sdp: SDP });
    expect([calls(old).length, calls(young).length]).toEqual([0, 1]);
    on.hub.leave(old.session);
    on.hub.leave(young.session);
    expect(() => say(on, ann, 'call:offer', { userId: 'ben', sdp: SDP })).toThrow(refusal('peer_gone'));
  });

  it('[CA3] relays to the peer of the last offer, sent or received, without `to`', () => {
    const on = stage();
    const [ann, ben, cat] = [on.inside('ann'), on.inside('ben'), on.inside('cat')];
    expect(() => say(on, ann, 'call:ice', { candidate: 'c' })).toThrow(refusal('peer_gone'));
    say(on, ann, 'call:offer', { to: ben.session.peerId, sdp: SDP });
    say(on, ben, 'call:answer', { sdp: SDP });
    say(on, ben, 'call:ice', { candidate: 'c' });
    say(on, ann, 'call:ice', { candidate: 'c' });
    expect([calls(ann).length, calls(ben).length]).toEqual([2, 2]);
    say(on, cat, 'call:offer', { to: ann.session.peerId, sdp: SDP });
    say(on, ann, 'call:hangup', {});
    expect(calls(cat)).toEqual([['call:hangup', { from: ann.session.peerId, fromUserId: 'ann' }]]);
  });

  it('[CA4] keeps messages for a suspended peer', () => {
    const on = stage();
    const [ann, ben] = [on.inside('ann'), on.inside('ben')];
    ben.socket.flush();
    on.hub.suspend(ben.session, ben.socket);
    say(on, ann, 'call:offer', { to: ben.session.peerId, sdp: SDP });
    expect(calls(on.resume(ben, 'ben'))).toHaveLength(1);
  });

  it('[CA4][RM4] answers the same for a peer of another room and one that never existed', () => {
    const on = stage();
    const [ann, zoe] = [on.inside('ann'), on.inside('zoe', OTHER_ROOM)];
    const errors = [ann.session.peerId, '99999999-9999-4999-8999-999999999999', zoe.session.peerId].map(
      (to) => {
        try {
          say(on, zoe, 'call:offer', { to, sdp: SDP });
          return 'passed on';
        } catch (error) {
          return String(error);
        }
      },
    );
    expect(new Set(errors).size).toBe(1);
    expect(calls(ann)).toEqual([]);
    expect(() => say(on, on.connect('out'), 'call:ice', { to: ann.session.peerId, candidate: 'c' })).toThrow(
      refusal('not_in_room'),
    );
  });

  it('[CA5] hangs up a leaving peer’s calls', () => {
    const on = stage();
    const [ann, ben, cat] = [on.inside('ann'), on.inside('ben'), on.inside('cat')];
    say(on, ann, 'call:offer', { to: ben.session.peerId, sdp: SDP });
    say(on, cat, 'call:offer', { to: ann.session.peerId, sdp: SDP });
    say(on, cat, 'call:hangup', { to: ann.session.peerId });
    on.hub.leave(ann.session);
    const news = (person: Person) =>
      person.socket.frames.map(({ event }) => event).filter((event) => /hangup|left/.test(event));
    expect(news(ben)).toEqual(['call:hangup', 'peer:left']);
    expect(news(cat)).toEqual(['peer:left']);
    expect(calls(ben).at(-1)).toEqual([
      'call:hangup',
      { from: ann.session.peerId, fromUserId: 'ann', reason: 'peer_left' },
    ]);
    expect(() => say(on, ann, 'call:ice', { to: ben.session.peerId, candidate: 'c' })).toThrow(
      refusal('not_in_room'),
    );
  });
});

describe('a direct call', () => {
  it('[CA6] rings all sessions of the user; the first answer takes it, the others stop', () => {
    const on = stage();
    const [ann, desk, phone] = [on.connect('ann'), on.connect('ben'), on.inside('ben')];
    say(on, ann, 'call:offer', { userId: 'ben', sdp: SDP });
    say(on, ann, 'call:ice', { candidate: 'c' });
    expect([calls(desk).length, calls(phone).length]).toEqual([2, 2]);
    say(on, phone, 'call:answer', { sdp: SDP });
    expect(calls(desk).at(-1)).toEqual([
      'call:hangup',
      { from: ann.session.peerId, fromUserId: 'ann', reason: 'answered_elsewhere' },
    ]);
    expect(() => say(on, desk, 'call:answer', { sdp: SDP })).toThrow(refusal('peer_gone'));
    expect(() => say(on, desk, 'call:answer', { to: ann.session.peerId, sdp: SDP })).toThrow(
      refusal('peer_gone'),
    );
    say(on, ann, 'call:ice', { candidate: 'c' });
    expect([calls(desk).length, calls(phone).length]).toEqual([3, 3]);
  });

  it('[CA6] is refused if the user is offline, the caller is in a room, or direct calls are off', () => {
    const on = stage();
    const [ann, inside] = [on.connect('ann'), on.inside('cat')];
    expect(() => say(on, ann, 'call:offer', { userId: 'ben', sdp: SDP })).toThrow(refusal('user_offline'));
    on.connect('ben');
    expect(() => say(on, inside, 'call:offer', { userId: 'ben', sdp: SDP })).toThrow(refusal('peer_gone'));
    const off = stage({ directCalls: 'off' });
    off.connect('ben');
    expect(() => say(off, off.connect('ann'), 'call:offer', { userId: 'ben', sdp: SDP })).toThrow(
      refusal('not_in_room'),
    );
  });

  it('[CA6] ends everywhere when the caller hangs up, or one device declines', () => {
    const on = stage();
    const [ann, desk, phone] = [on.connect('ann'), on.connect('ben'), on.connect('ben')];
    say(on, ann, 'call:offer', { userId: 'ben', sdp: SDP });
    say(on, ann, 'call:hangup', { reason: 'user_hangup' });
    expect([calls(desk).length, calls(phone).length]).toEqual([2, 2]);
    say(on, ann, 'call:offer', { userId: 'ben', sdp: SDP });
    say(on, desk, 'call:hangup', { reason: 'declined' });
    expect(calls(ann)).toEqual([
      ['call:hangup', { reason: 'declined', from: desk.session.peerId, fromUserId: 'ben' }],
    ]);
    expect(calls(phone).at(-1)).toEqual([
      'call:hangup',
      { from: ann.session.peerId, fromUserId: 'ann', reason: 'answered_elsewhere' },
    ]);
    expect(() => say(on, phone, 'call:answer', { sdp: SDP })).toThrow(refusal('peer_gone'));
  });

  it('[CA5] is hung up when the other side leaves: the one who answered, the caller, the last that rang', () => {
    const on = stage();
    const [ann, desk, phone] = [on.connect('ann'), on.connect('ben'), on.connect('ben')];
    say(on, ann, 'call:offer', { userId: 'ben', sdp: SDP });
    on.hub.bye(desk.session);
    expect(calls(ann)).toEqual([]);
    on.hub.bye(phone.session);
    expect(calls(ann)).toEqual([
      ['call:hangup', { from: phone.session.peerId, fromUserId: 'ben', reason: 'peer_left' }],
    ]);
    const again = on.connect('ben');
    say(on, ann, 'call:offer', { userId: 'ben', sdp: SDP });
    on.hub.bye(ann.session);
    expect(calls(again).at(-1)).toEqual([
      'call:hangup',
      { from: ann.session.peerId, fromUserId: 'ann', reason: 'peer_left' },
    ]);
  });

  it('is the flow of an existing two-person client: offer with userId, answer and ice without to, hangup', () => {
    const on = stage();
    const [ann, ben] = [on.connect('ann'), on.connect('ben')];
    say(on, ann, 'call:offer', { userId: 'ben', sdp: { type: 'offer', sdp: SDP } });
    say(on, ben, 'call:answer', { sdp: { type: 'answer', sdp: SDP } });
    for (const who of [ann, ben]) say(on, who, 'call:ice', { candidate: { candidate: 'c', sdpMid: '0' } });
    say(on, ann, 'call:offer', { userId: 'ben', sdp: SDP });
    say(on, ann, 'call:hangup', { reason: 'user_hangup' });
    expect(calls(ben).map((call) => (call as [string])[0])).toEqual([
      'call:offer',
      'call:ice',
      'call:offer',
      'call:hangup',
    ]);
    expect(calls(ann).map((call) => (call as [string])[0])).toEqual(['call:answer', 'call:ice']);
    say(on, ann, 'call:offer', { userId: 'ben', sdp: SDP });
    say(on, ben, 'call:answer', { sdp: SDP });
    on.hub.suspend(ann.session, ann.socket);
    on.clock.advance(31_000);
    expect(calls(ben).at(-1)).toEqual([
      'call:hangup',
      { from: ann.session.peerId, fromUserId: 'ann', reason: 'peer_left' },
    ]);
  });

  it('is remembered for a bounded number of counterparts, the oldest forgotten first', () => {
    const on = stage();
    const ann = on.connect('ann');
    const others = Array.from({ length: CALL_COUNTERPARTS + 1 }, (_, place) => {
      const other = on.connect(`user-${place}`);
      say(on, ann, 'call:offer', { userId: `user-${place}`, sdp: SDP });
      say(on, other, 'call:answer', { sdp: SDP });
      return other;
    });
    expect(ann.session.calls?.linked).toHaveLength(CALL_COUNTERPARTS);
    on.hub.bye(ann.session);
    expect(others.map((other) => calls(other).length)).toEqual([1, ...Array(CALL_COUNTERPARTS).fill(2)]);
  });

  it('that rings is one of a bounded number, of a caller and at a session', () => {
    const on = stage();
    const ann = on.connect('ann');
    const victim = on.connect('victim');
    for (let place = 0; place <= CALL_COUNTERPARTS; place += 1) {
      on.connect(`user-${place}`);
      say(on, ann, 'call:offer', { userId: `user-${place}`, sdp: SDP });
      say(on, on.connect(`caller-${place}`), 'call:offer', { userId: 'victim', sdp: SDP });
    }
    expect(ann.session.calls?.ringing).toHaveLength(CALL_COUNTERPARTS);
    expect(victim.session.calls?.rungBy).toHaveLength(CALL_COUNTERPARTS);
  });
});
