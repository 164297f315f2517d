import { describe, expect, it } from 'vitest';
import { permittedMedia, permittedTracks } from '../../../src/client/call/rights.ts';
import { insideCall, peer } from '../support/fake-call.ts';
import { publishTo } from '../support/fake-target.ts';
import { stream, track } from '../support/fake-track.ts';

describe('what this side may not send', () => {
  it('[RM6] is not sent, and the others are told that it is off', async () => {
    const [microphone, camera] = [track('audio'), track('video')];
    const { own, target, told } = publishTo({ microphone, camera }, 1);
    own.permit(['video', 'chat']);
    expect([...own.tracks.keys()]).toEqual(['camera']);
    expect(target(0).sent).toEqual(new Map([['microphone', null]]));
    expect(told).toEqual([{ audio: false, video: true, screen: false }]);
    expect(microphone.enabled).toBe(false);
    expect(microphone.readyState).toBe('live');
  });

  it('[RM6] stays muted when the right is given back: nobody goes on air unasked', () => {
    const microphone = track('audio');
    const { own, target, told } = publishTo({ microphone }, 1);
    own.permit([]);
    own.setMuted({ audio: false });
    expect(own.muted.audio).toBe(true);
    own.permit(['audio']);
    expect(target(0).sent.get('microphone')).toBe(microphone);
    expect([own.muted.audio, microphone.enabled]).toEqual([true, false]);
    own.setMuted({ audio: false });
    expect(microphone.enabled).toBe(true);
    expect(told.at(-1)).toMatchObject({ audio: true });
  });

  it('[RM6] is kept if it is set meanwhile, and sent once it may be', async () => {
    const { own, target } = publishTo({}, 1);
    own.permit(['audio']);
    const camera = track('video');
    await own.setCamera(camera);
    expect(target(0).sent.get('camera')).toBeNull();
    own.permit(['audio', 'video']);
    expect(target(0).sent.get('camera')).toBe(camera);
    expect(camera.enabled).toBe(false);
  });

  it('[RM6] ends a screen share, and refuses another', async () => {
    const { own, target, told } = publishTo({}, 1);
    const [screen, sound] = [track('video'), track('audio')];
    await own.startScreenShare(stream(screen, sound));
    own.permit(['audio', 'video']);
    await new Promise((resolve) => setImmediate(resolve));
    expect([screen.readyState, sound.readyState]).toEqual(['ended', 'ended']);
    expect(target(0).sent).toEqual(
      new Map([
        ['screen', null],
        ['screenAudio', null],
      ]),
    );
    expect(told.at(-1)).toMatchObject({ screen: false });
    const another = track('video');
    await expect(own.startScreenShare(stream(another))).rejects.toMatchObject({ code: 'forbidden' });
    expect(another.readyState).toBe('ended');
  });

  it('[RM6] is known on entry: the others are told at once, and learn of later changes', async () => {
    const { call, sent, say } = await insideCall(
      { you: { host: false, send: ['chat'] } },
      { microphone: track('audio'), camera: track('video') },
    );
    const heard: unknown[] = [];
    call.on('you', (you) => heard.push(you));
    expect(sent('media:state')).toEqual([{ audio: false, video: false, screen: false }]);
    await say('peer:send', { peerId: 'me', send: ['video', 'chat', 'hologram'] });
    await say('peer:host', { peerId: 'me', host: true });
    await say('peer:host', { peerId: 'me', host: true });
    expect(heard).toEqual([
      { host: false, send: ['video', 'chat'] },
      { host: true, send: ['video', 'chat'] },
    ]);
    call.setMuted({ video: false });
    expect(sent('media:state').at(-1)).toEqual({ audio: false, video: true, screen: false });
  });

  it('[RM6] is asked for again after a lost session, and reported if it is different', async () => {
    const { call, renew, letIn } = await insideCall();
    const heard: unknown[] = [];
    call.on('you', (you) => heard.push(you));
    await renew();
    await letIn();
    await renew();
    await letIn({ you: { host: true, send: ['audio'] } });
    expect(heard).toEqual([{ host: true, send: ['audio'] }]);
  });
});

describe('what a peer may not send', () => {
  it('[RM6] is dropped, and so is what it declares as another kind', () => {
    const [microphone, camera, disguised] = [track('audio'), track('video'), track('audio')];
    const tracks = new Map([
      ['microphone', microphone],
      ['camera', camera],
      ['screen', disguised],
    ] as const);
    const kinds = (...send: Parameters<typeof permittedTracks>[1]) => [
      ...permittedTracks(tracks, send).keys(),
    ];
    expect(kinds('audio', 'video', 'screen', 'chat')).toEqual(['microphone', 'camera']);
    expect(kinds('video', 'screen')).toEqual(['camera']);
    expect(kinds()).toEqual([]);
    const all = { audio: true, video: true, screen: true };
    expect(permittedMedia(all, ['screen'])).toEqual({ audio: false, video: false, screen: true });
  });

  it('[RM6] is not shown as sent, and the application hears of each change once', async () => {
    const { call, say } = await insideCall({ peers: [peer('bob')] });
    const bob = call.peers.get('bob');
    const heard: unknown[] = [];
    bob?.on('rights', (rights) => heard.push(rights));
    bob?.on('media', (media) => heard.push(media));
    await say('peer:send', { peerId: 'bob', send: ['video'] });
    await say('peer:send', { peerId: 'bob', send: ['video'] });
    await say('peer:host', { peerId: 'bob', host: true });
    expect(bob).toMatchObject({ host: true, send: ['video'], media: { audio: false, video: true } });
    expect(heard).toEqual([
      { host: false, send: ['video'] },
      { audio: false, video: true, screen: false },
      { host: true, send: ['video'] },
    ]);
  });
});
