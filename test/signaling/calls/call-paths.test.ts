import { describe, expect, it } from 'vitest';
import { CALL_COUNTERPARTS } from '../../../src/signaling/calls/links.ts';
import { link, pathOf } from '../../../src/signaling/hub.ts';
import { type Person, say, stage } from '../../support/server/hub.ts';

const refusal = (code: string) => expect.objectContaining({ code });

/** Two people with a call. */
function inCall() {
  const on = stage();
  const [ann, ben] = [on.inside('ann'), on.inside('ben')];
  say(on, ann, 'call:offer', { to: ben.session.peerId, sdp: 'v=0' });
  const { callPaths } = on.hub;
  const report = (from: Person, to: Person, path: 'direct' | 'relayed' | 'failed') =>
    callPaths.report(from.session, to.session.peerId, path);
  return { on, ann, ben, callPaths, report };
}

describe('how media gets to a peer', () => {
  it('[CA8] is what the client said last, and each report that changes it is counted', () => {
    const { on, ann, ben, callPaths, report } = inCall();
    expect([pathOf(ann.session), pathOf(ben.session)]).toEqual([null, null]);
    report(ann, ben, 'direct');
    report(ann, ben, 'direct');
    report(ben, ann, 'direct');
    expect([pathOf(ann.session), pathOf(ben.session)]).toEqual(['direct', 'direct']);
    expect(callPaths.outcomes).toEqual({ direct: 2, relayed: 0, failed: 0 });
    report(ann, ben, 'relayed');
    expect([pathOf(ann.session), pathOf(ben.session)]).toEqual(['relayed', 'direct']);
    report(ann, ben, 'failed');
    expect(on.hub.stats().callPaths).toEqual({ direct: 2, relayed: 1, failed: 1 });
  });

  it('[CA8] comes from the other end if a client reports nothing', () => {
    const { ann, ben, report } = inCall();
    report(ann, ben, 'relayed');
    expect(pathOf(ben.session)).toBe('relayed');
  });

  it('[CA8] is relayed if it is so to anybody, else failed if it is so to anybody', () => {
    const { on, ann, ben, report } = inCall();
    const [cat, dan] = [on.inside('cat'), on.inside('dan')];
    for (const other of [cat, dan]) say(on, ann, 'call:offer', { to: other.session.peerId, sdp: 'v=0' });
    report(ann, ben, 'direct');
    report(ann, cat, 'failed');
    expect(pathOf(ann.session)).toBe('failed');
    report(ann, dan, 'relayed');
    expect(pathOf(ann.session)).toBe('relayed');
  });

  it('[CA8] is refused with peer_gone if there is no call with this peer', () => {
    const { on, ann, callPaths, report } = inCall();
    const cat = on.inside('cat');
    expect(() => report(ann, cat, 'direct')).toThrow(refusal('peer_gone'));
    expect(() => report(on.connect('dan'), ann, 'direct')).toThrow(refusal('peer_gone'));
    expect(callPaths.outcomes).toEqual({ direct: 0, relayed: 0, failed: 0 });
  });

  it('[CA8] is forgotten with the call', () => {
    const { on, ann, ben, report } = inCall();
    report(ann, ben, 'relayed');
    report(ben, ann, 'relayed');
    say(on, ann, 'call:hangup', { to: ben.session.peerId });
    expect([pathOf(ann.session), pathOf(ben.session)]).toEqual([null, null]);
    say(on, ann, 'call:offer', { to: ben.session.peerId, sdp: 'v=0' });
    expect(pathOf(ann.session)).toBeNull();
    report(ann, ben, 'direct');
    on.hub.leave(ben.session);
    expect(ann.session.calls?.paths?.size).toBe(0);
  });

  it('[CA8] is kept for as many peers as one can have calls with', () => {
    const { on, ann, ben, report } = inCall();
    report(ann, ben, 'relayed');
    for (let index = 0; index < CALL_COUNTERPARTS + 5; index += 1) {
      const other = on.connect(`guest${index}`);
      link(ann.session, other.session);
      report(ann, other, 'direct');
    }
    expect(ann.session.calls?.paths?.size).toBe(CALL_COUNTERPARTS);
    expect(pathOf(ann.session)).toBe('direct');
  });
});
