import { describe, expect, it } from 'vitest';
import { randomIds } from '../../../src/domain/ids.ts';
import { opens, peerIdOf, resumeKey, resumeToken } from '../../../src/signaling/session/resume-token.ts';
import { stage } from '../../support/server/hub.ts';

describe('a resume token', () => {
  const peerId = randomIds.peerId();
  const token = resumeToken(randomIds.secret(), peerId);

  it('names version, node and peer, and fits into a subprotocol', () => {
    expect(peerIdOf(token)).toBe(peerId);
    expect(token).toMatch(/^1\.0\.[A-Za-z0-9_-]{43}/);
    expect(token).toMatch(/^[A-Za-z0-9._-]+$/);
  });

  it('is kept as a hash alone', () => {
    expect(resumeKey(token)).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(resumeKey(token)).not.toBe(resumeKey(`${token} `));
  });

  it('opens its own session, the one before too until it is forgotten, and nothing else does', () => {
    const { session, welcome } = stage().connect('ann');
    const newest = resumeKey(welcome.resumeToken);
    expect(peerIdOf(welcome.resumeToken)).toBe(session.peerId);
    expect(opens(newest, session)).toBe(true);
    const before = resumeKey(token);
    expect(opens(before, session)).toBe(false);
    session.previousResumeKey = before;
    expect(opens(before, session)).toBe(true);
    expect(opens(newest, session)).toBe(true);
    expect(opens(resumeKey(resumeToken(randomIds.secret(), session.peerId)), session)).toBe(false);
    for (const bad of ['', newest.slice(1), `${newest}A`]) expect(opens(bad, session)).toBe(false);
  });

  it('that is too short is for nobody that there is', () => {
    for (const cut of ['', peerId.slice(1), randomIds.secret()]) expect(peerIdOf(cut)).not.toBe(peerId);
  });
});
