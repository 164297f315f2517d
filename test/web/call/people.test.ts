import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/client/index.ts';
import { nameOf, personOf, pictureOf, selfOf, userInfoOf } from '../../../src/web/call/people.ts';
import { fakePeer, fakeTrack } from '../fakes.ts';

describe('a person', () => {
  it('has the name entered for this call, else the account’s', () => {
    const account = { displayName: 'Maya Lindqvist', username: 'maya' };
    expect(nameOf({ ...account, userInfo: { name: ' Maya ' } })).toBe('Maya');
    expect(nameOf({ ...account, userInfo: null })).toBe('Maya Lindqvist');
    expect(nameOf({ displayName: null, username: 'maya', userInfo: { name: 7 } })).toBe('maya');
    expect(nameOf({ displayName: null, username: null, userInfo: {} })).toBe('');
  });

  it('can’t fill the page with a long name', () => {
    expect(nameOf({ displayName: null, username: null, userInfo: { name: 'x'.repeat(4_000) } })).toHaveLength(
      64,
    );
  });

  it.each([
    ['a family of seven code points', '👩‍👩‍👧‍👦'],
    ['a flag', '🇪🇺'],
    ['a hand with a skin tone', '👋🏽'],
    ['a letter with marks', 'é̂'],
  ])('has %s kept whole at the end of a long name', (_, character) => {
    const shown = nameOf({ displayName: null, username: null, userInfo: { name: character.repeat(200) } });
    expect(shown).toBe(character.repeat(Math.min(64, Math.floor(512 / character.length))));
  });

  it('can’t fill the page with combining marks on one letter', () => {
    const name = `x${'\u0301'.repeat(4_000)}`;
    expect(nameOf({ displayName: null, username: null, userInfo: { name } }).length).toBeLessThanOrEqual(512);
  });

  it('is shown with the picture that their page sends', () => {
    const userInfo = userInfoOf('Maya', 'https://example.org/maya.png');
    expect(personOf(fakePeer({ userInfo }).peer).picture).toBe('https://example.org/maya.png');
    expect(userInfoOf('Maya', null)).toEqual({ name: 'Maya' });
  });

  it.each([
    null,
    {},
    7,
    { picture: 7 },
    { picture: 'http://example.org/' },
    { picture: 'javascript:alert(1)' },
  ])('has no picture by %j', (userInfo) => {
    expect(pictureOf({ userInfo })).toBeNull();
  });

  it('comes without the picture if its address is too long to send', () => {
    const picture = `https://example.org/${'"'.repeat(2_000)}`;
    expect(userInfoOf('Maya'.repeat(16), picture)).toEqual({ name: 'Maya'.repeat(16) });
    expect(LIMITS.userInfo.max).toBeGreaterThan(2_048 + 64 + 100);
  });

  it('is shown without a picture if the camera is off, though its track is still there', () => {
    const camera = fakeTrack('video');
    const off = { audio: true, video: false, screen: false };
    expect(personOf(fakePeer({ camera }).peer).camera).toBe(camera);
    expect(personOf(fakePeer({ camera, media: off }).peer).camera).toBeNull();
  });

  it('who is muted does not speak', () => {
    const muted = { audio: false, video: true, screen: false };
    expect(personOf(fakePeer({ speaking: true }).peer)).toMatchObject({ speaking: true, muted: false });
    expect(personOf(fakePeer({ speaking: true, media: muted }).peer)).toMatchObject({
      speaking: false,
      muted: true,
    });
  });

  it.each([
    ['connected', 'live', null],
    ['connected', 'suspended', 'suspended'],
    ['connecting', 'live', 'connecting'],
    ['disconnected', 'suspended', 'disconnected'],
    ['failed', 'live', 'failed'],
  ] as const)(
    'whose path is %s and whose line is %s has the problem %s',
    (connectionState, state, problem) => {
      expect(personOf(fakePeer({ connectionState, state }).peer).problem).toBe(problem);
    },
  );

  it('without a microphone counts as muted', () => {
    const rights = { host: false, send: [] };
    const base = {
      peerId: 'me',
      name: 'Ann',
      picture: null,
      speaking: true,
      screen: null,
      hand: null,
      rights,
    };
    const camera = { on: true, state: 'live', track: fakeTrack('video') } as const;
    const live = { on: true, state: 'live', track: fakeTrack('audio') } as const;
    const none = { on: true, state: 'missing', track: null } as const;
    expect(selfOf({ ...base, camera, microphone: live })).toMatchObject({ muted: false, speaking: true });
    expect(selfOf({ ...base, camera, microphone: { ...live, on: false } }).muted).toBe(true);
    expect(selfOf({ ...base, camera, microphone: none })).toMatchObject({ muted: true, speaking: false });
  });
});
