import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Call, ParleyClientError, type RemotePeer } from '../../../src/client/index.ts';
import { ANSWER_WITHIN_MS } from '../../../src/web/call/answer-timeouts.ts';
import { createCallModel } from '../../../src/web/call/call-model.ts';
import { reopenLostDevices, troublesOf } from '../../../src/web/call/device-troubles.ts';
import { BANNER_AFTER_MS } from '../../../src/web/call/reconnect-banner.ts';
import { createDeviceManager, type DeviceManager } from '../../../src/web/media/device-manager.ts';
import { createPrefs } from '../../../src/web/prefs.ts';
import { fakeCall, fakeCapture, fakeClient, fakePeer, fakeTrack, memoryStorage, ROOM } from '../fakes.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp(captureScreen?: () => Promise<MediaStream>, ...inside: RemotePeer[]) {
  const fake = fakeCall(...inside);
  const line = fakeClient();
  const ends: unknown[] = [];
  const devices = createDeviceManager({ capture: undefined, prefs: createPrefs(memoryStorage()) });
  const model = createCallModel({
    updateRoom: async () => {},
    prefs: createPrefs(memoryStorage()),
    client: line.client,
    call: fake.call,
    devices,
    selfName: 'Ann',
    captureScreen,
    onEnded: (reason) => ends.push(reason),
  });
  const kinds = () => model.notices.shown.value.map(({ kind }) => kind);
  return { model, fake, line, ends, kinds };
}

function optionsFor(call: Call, devices: DeviceManager) {
  const client = fakeClient().client;
  const updateRoom = async () => {};
  const selfName = 'Ann';
  const prefs = createPrefs(memoryStorage());
  return { client, call, devices, prefs, selfName, captureScreen: undefined, updateRoom, onEnded: () => {} };
}

describe('a call', () => {
  it('announces who joins and leaves, but not who was there before', () => {
    const maya = fakePeer();
    const ken = fakePeer({ key: 'k2', peerId: 'p2', userInfo: { name: 'Ken' } });
    const { model, fake, kinds } = setUp(undefined, maya.peer);
    fake.emit('peer', maya.peer);
    expect(kinds()).toEqual([]);
    fake.peers.set('p2', ken.peer);
    fake.emit('peer', ken.peer);
    expect(model.others.value.map(({ name }) => name)).toEqual(['Maya', 'Ken']);
    fake.peers.delete('p1');
    fake.emit('peerleft', maya.peer, 'left');
    expect(model.others.value.map(({ name }) => name)).toEqual(['Ken']);
    expect(kinds()).toEqual(['joined', 'left']);
  });

  it('[CT6] says when it will end, once at a time, for longer than other notices', () => {
    const { model, fake, kinds } = setUp();
    const minutes = () => model.notices.shown.value.map((notice) => notice.minutes);
    fake.emit('ending', new Date(Date.now() + 298_700));
    expect([kinds(), minutes()]).toEqual([['ending'], [5]]);
    vi.advanceTimersByTime(10_000);
    fake.emit('ending', new Date(Date.now() + 20_000));
    expect([kinds(), minutes()]).toEqual([['ending'], [1]]);
    vi.advanceTimersByTime(19_000);
    expect(kinds()).toEqual(['ending']);
    vi.advanceTimersByTime(1_000);
    expect(kinds()).toEqual([]);
  });

  it('shows what a peer does', () => {
    const maya = fakePeer();
    const { model } = setUp(undefined, maya.peer);
    maya.change({ speaking: true });
    maya.emit('speaking', true);
    expect(model.others.value[0]?.speaking).toBe(true);
    maya.change({ connectionState: 'failed' });
    maya.emit('connection', 'failed');
    expect(model.others.value[0]?.problem).toBe('failed');
  });

  it('announces who is muted and unmuted', () => {
    const maya = fakePeer();
    const { model } = setUp(undefined, maya.peer);
    maya.emit('media', { audio: false, video: true, screen: false });
    expect(model.announcement.value).toEqual({ kind: 'muted', name: 'Maya' });
    maya.emit('media', { audio: false, video: false, screen: false });
    maya.emit('media', { audio: true, video: false, screen: false });
    expect(model.announcement.value).toEqual({ kind: 'unmuted', name: 'Maya' });
  });

  it('announces a screen share once', () => {
    const maya = fakePeer();
    const { kinds } = setUp(undefined, maya.peer);
    maya.emit('track', 'screen', fakeTrack('video'));
    maya.emit('track', 'screen', fakeTrack('video'));
    expect(kinds()).toEqual(['sharesScreen']);
  });

  it('says nothing about a connection that is back within a second', () => {
    const { model, line, kinds } = setUp();
    line.emit('state', 'reconnecting');
    vi.advanceTimersByTime(BANNER_AFTER_MS - 1);
    line.emit('state', 'live');
    vi.advanceTimersByTime(BANNER_AFTER_MS * 2);
    expect(model.reconnecting.value).toBe(false);
    expect(kinds()).toEqual([]);
  });

  it('says after a second that it is reconnecting, and when it is connected again', () => {
    const { model, line, kinds } = setUp();
    line.emit('state', 'reconnecting');
    vi.advanceTimersByTime(BANNER_AFTER_MS);
    expect(model.reconnecting.value).toBe(true);
    line.emit('state', 'live');
    expect(model.reconnecting.value).toBe(false);
    expect(kinds()).toEqual(['regained']);
  });

  it('shows at most three notices, each for four seconds', () => {
    const { model, kinds } = setUp();
    for (let i = 0; i < 5; i += 1) model.notify('copied');
    expect(kinds()).toHaveLength(3);
    vi.advanceTimersByTime(4_000);
    expect(kinds()).toEqual([]);
  });

  it('starts and stops a screen share', async () => {
    const track = fakeTrack('video');
    const stream = { getVideoTracks: () => [track] } as unknown as MediaStream;
    const { model, fake } = setUp(async () => stream);
    await model.toggleShare();
    expect(fake.sent).toContainEqual(['startScreenShare', stream]);
    expect(model.self.value.screen).toBe(track);
    await model.toggleShare();
    expect(fake.sent.at(-1)).toEqual(['stopScreenShare', null]);
    fake.emit('media', { audio: false, video: false, screen: false });
    expect(model.self.value.screen).toBeNull();
  });

  it('reports a failed screen share, but not a closed picker', async () => {
    const changed = setUp(() => Promise.reject(new DOMException('', 'NotAllowedError')));
    await changed.model.toggleShare();
    expect(changed.kinds()).toEqual([]);
    const failed = setUp(() => Promise.reject(new DOMException('', 'NotReadableError')));
    await failed.model.toggleShare();
    expect(failed.kinds()).toEqual(['shareFailed']);
  });

  it('unmutes while the push-to-talk key is held, and only then', () => {
    const { model } = setUp();
    model.toggleMicrophone();
    expect(model.devices.microphone.value.on).toBe(false);
    model.holdToTalk(true);
    expect(model.devices.microphone.value.on).toBe(true);
    model.holdToTalk(false);
    expect(model.devices.microphone.value.on).toBe(false);
  });

  it('does not mute on release if the person was unmuted before', () => {
    const { model } = setUp();
    model.holdToTalk(true);
    model.holdToTalk(false);
    expect(model.devices.microphone.value.on).toBe(true);
  });

  it('tells the SDK to mute before it sends a microphone that was muted in the lobby', async () => {
    const { capture } = fakeCapture();
    const devices = createDeviceManager({ capture, prefs: createPrefs(memoryStorage()) });
    await devices.start();
    await devices.setMicrophone(false);
    const { call, sent } = fakeCall();
    createCallModel(optionsFor(call, devices));
    const sendsAudio = sent.filter(([name]) => name === 'setMuted' || name === 'setMicrophone');
    expect(sendsAudio).toEqual([
      ['setMuted', { audio: true }],
      ['setMicrophone', devices.microphone.value.track],
    ]);
    await devices.setMicrophone(true);
    expect(sent.at(-1)).toEqual(['setMuted', { audio: false }]);
  });

  it('tells the others that it is muted if there is no microphone', () => {
    const { fake } = setUp();
    expect(fake.sent).toContainEqual(['setMuted', { audio: true }]);
  });

  it('[RM6] complies with the host’s mute request, and says so once', () => {
    const { model, fake, kinds } = setUp();
    fake.emit('muterequest', 'audio', undefined);
    expect(model.devices.microphone.value.on).toBe(false);
    expect(kinds()).toEqual(['muteAsked']);
    fake.emit('muterequest', 'audio', undefined);
    expect(model.devices.microphone.value.on).toBe(false);
    fake.emit('muterequest', 'screen', undefined);
    expect(kinds()).toEqual(['muteAsked']);
  });

  it.each([
    ['audio', 'setMicrophone'],
    ['video', 'setCamera'],
  ] as const)('[RM6] says that the host turned off %s', async (kind, turnOn) => {
    const { model, fake } = setUp();
    await model.devices[turnOn](true);
    fake.emit('muterequest', kind, undefined);
    expect(model.notices.shown.value.at(-1)).toMatchObject({ kind: 'muteAsked', media: kind });
  });

  it('[CT1] turns off what a backend has turned off, and says what a backend asks for', async () => {
    const { model, fake } = setUp();
    await model.devices.setMicrophone(true);
    fake.emit('turnedoff', 'audio');
    expect(model.devices.microphone.value.on).toBe(false);
    expect(model.notices.shown.value.at(-1)).toMatchObject({ kind: 'turnedOff', media: 'audio' });
    fake.emit('turnonrequest', 'audio');
    expect(model.devices.microphone.value.on).toBe(false);
    expect(model.notices.shown.value.at(-1)).toMatchObject({ kind: 'turnOnAsked', media: 'audio' });
  });

  it('[RM6] says that the call was locked and unlocked, and nothing else about the room', () => {
    const { model, fake, kinds } = setUp();
    fake.emit('room', { ...ROOM, name: 'Daily' });
    expect(kinds()).toEqual([]);
    fake.emit('room', { ...ROOM, name: 'Daily', locked: true });
    fake.emit('room', { ...ROOM, name: 'Daily' });
    expect(kinds()).toEqual(['locked', 'unlocked']);
    expect(model.room.value.name).toBe('Daily');
  });

  it('stops saying "connecting" about a peer that never answers', () => {
    const maya = fakePeer({ connectionState: 'connecting' });
    const { model } = setUp(undefined, maya.peer);
    vi.advanceTimersByTime(ANSWER_WITHIN_MS - 1);
    expect(model.others.value[0]?.problem).toBe('connecting');
    vi.advanceTimersByTime(1);
    expect(model.others.value[0]?.problem).toBe('unanswered');
    maya.change({ connectionState: 'connected' });
    maya.emit('connection', 'connected');
    expect(model.others.value[0]?.problem).toBeNull();
    maya.change({ connectionState: 'connecting' });
    maya.emit('connection', 'connecting');
    expect(model.others.value[0]?.problem).toBe('connecting');
  });

  it('says that a device could not be sent, unless the call is over', async () => {
    const { model, fake, kinds } = setUp();
    const refuse = (code: 'closed' | 'media_failed') =>
      Object.assign(fake.call, {
        setCamera: () => Promise.reject(new ParleyClientError(code, code)),
        setMicrophone: () => Promise.reject(new ParleyClientError(code, code)),
      });
    refuse('closed');
    const over = createCallModel(optionsFor(fake.call, model.devices));
    await vi.advanceTimersByTimeAsync(0);
    expect(over.notices.shown.value).toEqual([]);
    refuse('media_failed');
    const failing = createCallModel(optionsFor(fake.call, model.devices));
    await vi.advanceTimersByTimeAsync(0);
    expect(failing.notices.shown.value.map(({ kind }) => kind)).toEqual(['cameraUnsent', 'microphoneUnsent']);
    expect(kinds()).toEqual([]);
  });

  it('shows a lost or paused device until it is turned off', async () => {
    const { capture, state, tracks } = fakeCapture();
    const devices = createDeviceManager({ capture, prefs: createPrefs(memoryStorage()) });
    await devices.start();
    const model = createCallModel(optionsFor(fakeCall().call, devices));
    expect(model.troubles.value).toEqual([]);
    state.camera = 'NotFoundError';
    tracks.find(({ kind }) => kind === 'video')?.onended?.();
    for (const track of tracks.filter(({ kind }) => kind === 'audio')) {
      track.muted = true;
      track.onmute?.();
    }
    await vi.advanceTimersByTimeAsync(1_500);
    expect(model.troubles.value).toEqual([
      { kind: 'camera', how: 'lost' },
      { kind: 'microphone', how: 'paused' },
    ]);
    await devices.setCamera(false);
    await devices.setMicrophone(false);
    expect(model.troubles.value).toEqual([]);
  });

  it('reopens a lost device when the person returns, and keeps showing it while that fails', async () => {
    const { capture, state, tracks, questions } = fakeCapture();
    const devices = createDeviceManager({ capture, prefs: createPrefs(memoryStorage()) });
    await devices.start();
    let comeBack: () => void = () => {};
    const stop = reopenLostDevices(devices, (listener) => {
      comeBack = listener;
      return () => {};
    });
    const troubles = troublesOf(devices);
    comeBack();
    expect(questions).toHaveLength(1);
    Object.assign(state, { camera: 'NotReadableError', microphone: 'NotReadableError' });
    for (const track of [...tracks]) track.onended?.();
    await vi.advanceTimersByTimeAsync(0);
    comeBack();
    await vi.advanceTimersByTimeAsync(0);
    expect(troubles.value.map(({ how }) => how)).toEqual(['taken', 'taken']);
    delete state.camera;
    delete state.microphone;
    comeBack();
    await vi.advanceTimersByTimeAsync(0);
    expect([troubles.value, devices.camera.value.state, devices.microphone.value.state]).toEqual([
      [],
      'live',
      'live',
    ]);
    stop();
  });

  it('counts the seconds from joining to the end', () => {
    const { model, fake } = setUp();
    expect(model.seconds.value).toBe(0);
    vi.advanceTimersByTime(61_000);
    expect(model.seconds.value).toBe(61);
    fake.emit('ended', 'left', undefined);
    vi.advanceTimersByTime(5_000);
    expect(model.seconds.value).toBe(61);
  });

  it('listens to nothing after its end', () => {
    const maya = fakePeer();
    const { fake, line, ends } = setUp(undefined, maya.peer);
    fake.emit('ended', 'kicked', undefined);
    expect(ends).toEqual(['kicked']);
    expect([fake.count(), line.count(), maya.count(), vi.getTimerCount()]).toEqual([0, 0, 0, 0]);
  });
});
