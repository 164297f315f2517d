import { describe, expect, it } from 'vitest';
import { createLocalMedia } from '../../../src/web/media/device-manager.ts';
import { createPrefs } from '../../../src/web/prefs.ts';
import { fakeCapture, fakeStream, fakeTrack, memoryStorage } from '../fakes.ts';

function setUp(devices: Parameters<typeof fakeCapture>[0] = {}) {
  const browser = fakeCapture(devices);
  const prefs = createPrefs(memoryStorage());
  return { browser, prefs, media: createLocalMedia({ capture: browser.capture, prefs }) };
}

describe('local media', () => {
  it('asks for camera and microphone in one question', async () => {
    const { browser, media } = setUp();
    await media.start();
    expect(browser.questions).toEqual(['camera+microphone']);
    expect(media.camera.value).toMatchObject({ on: true, state: 'live' });
    expect(media.microphone.value).toMatchObject({ on: true, state: 'live' });
    expect(media.choices.value.camera).toEqual([{ id: 'c1', label: 'Front' }]);
  });

  it('asks for each alone where both together are refused, and keeps what there is', async () => {
    const { browser, media } = setUp({ camera: 'NotFoundError' });
    await media.start();
    expect(browser.questions).toEqual(['camera+microphone', 'camera', 'microphone']);
    expect(media.camera.value).toMatchObject({ state: 'missing', track: null });
    expect(media.microphone.value.state).toBe('live');
  });

  it('tells which device is denied and which is busy', async () => {
    const { media } = setUp({ camera: 'NotReadableError', microphone: 'NotAllowedError' });
    await media.start();
    expect(media.camera.value.state).toBe('busy');
    expect(media.microphone.value.state).toBe('denied');
  });

  it('says so where the page is not secure', async () => {
    const media = createLocalMedia({ capture: undefined, prefs: createPrefs(memoryStorage()) });
    await media.start();
    expect(media.camera.value.state).toBe('insecure');
    expect(media.microphone.value.state).toBe('insecure');
  });

  it('stops the camera when it is turned off, and opens it again', async () => {
    const { browser, media } = setUp();
    await media.start();
    await media.setCamera(false);
    expect(browser.tracks[0]?.readyState).toBe('ended');
    expect(media.camera.value).toEqual({ on: false, state: 'idle', track: null });
    await media.setCamera(true);
    expect(media.camera.value.state).toBe('live');
  });

  it('keeps the microphone open while it is muted', async () => {
    const { media } = setUp();
    await media.start();
    const { track } = media.microphone.value;
    await media.setMicrophone(false);
    expect(media.microphone.value).toMatchObject({ on: false, track });
    // Silencing it is up to the SDK, which owns `enabled`.
    expect(track).toMatchObject({ enabled: true, readyState: 'live' });
    await media.setMicrophone(true);
    expect(media.microphone.value).toMatchObject({ on: true, track });
  });

  it('stays muted when the microphone is changed', async () => {
    const { media } = setUp();
    await media.start();
    await media.setMicrophone(false);
    const before = media.microphone.value.track;
    await media.choose('microphone', 'm2');
    expect(before?.readyState).toBe('ended');
    expect(media.microphone.value).toMatchObject({ on: false, state: 'live' });
    expect(media.microphone.value.track).not.toBe(before);
  });

  it('remembers the chosen devices', async () => {
    const { media, prefs } = setUp();
    await media.choose('camera', 'c2');
    await media.choose('speaker', 's2');
    expect(prefs.get('camera')).toBe('c2');
    expect(media.chosen.speaker.value).toBe('s2');
  });

  it('takes another device where the one in use goes away', async () => {
    const { browser, media } = setUp();
    await media.start();
    const first = browser.tracks.find(({ kind }) => kind === 'video');
    first?.stop();
    first?.onended?.();
    await settled();
    expect(media.camera.value.state).toBe('live');
    expect(media.camera.value.track).not.toBe(first);
  });

  it.each(['NotFoundError', 'NotReadableError'])(
    'says that a device died, and that it is back (%s)',
    async (name) => {
      const { browser, media } = setUp();
      await media.start();
      browser.state.camera = name;
      browser.tracks.find(({ kind }) => kind === 'video')?.onended?.();
      await settled();
      expect([media.health.camera.value, media.camera.value.track]).toEqual(['lost', null]);
      delete browser.state.camera;
      browser.plug();
      await settled();
      expect([media.health.camera.value, media.camera.value.state]).toEqual(['fine', 'live']);
    },
  );

  it('says that another device was taken, and what the system holds back', async () => {
    const { browser, media } = setUp();
    await media.start();
    browser.tracks.find(({ kind }) => kind === 'audio')?.onended?.();
    await settled();
    expect(media.health.microphone.value).toBe('replaced');
    browser.tracks.at(-1)?.onmute?.();
    expect(media.health.microphone.value).toBe('paused');
    browser.tracks.at(-1)?.onunmute?.();
    expect(media.health.microphone.value).toBe('fine');
  });

  it('takes up a device that is allowed in the settings of the browser', async () => {
    const browser = fakeCapture({ camera: 'NotAllowedError' });
    const status = { state: 'denied', onchange: null as (() => void) | null };
    const media = createLocalMedia({
      capture: browser.capture,
      prefs: createPrefs(memoryStorage()),
      permissions: {
        query: async ({ name }) => {
          if (name === 'camera') return status as unknown as PermissionStatus;
          throw new TypeError('unknown name');
        },
      },
    });
    await media.start();
    expect(media.camera.value.state).toBe('denied');
    delete browser.state.camera;
    status.state = 'granted';
    status.onchange?.();
    await settled();
    expect(media.camera.value.state).toBe('live');
    media.close();
    expect(status.onchange).toBeNull();
  });

  it('goes from the front camera to the back one and again, and back where there is none', async () => {
    const prefs = createPrefs(memoryStorage());
    const browser = fakeCapture();
    let hasBack = true;
    const asked: unknown[] = [];
    const media = createLocalMedia({
      prefs,
      capture: {
        ...browser.capture,
        async getUserMedia({ video } = {}) {
          const wanted = typeof video === 'object' ? video.facingMode : undefined;
          const ideal = typeof wanted === 'object' && 'ideal' in wanted ? String(wanted.ideal) : 'user';
          asked.push(ideal);
          if (ideal === 'environment' && !hasBack) throw new DOMException('', 'NotFoundError');
          return fakeStream(fakeTrack('video', { facingMode: ideal, deviceId: ideal }));
        },
      },
    });
    await media.setCamera(true);
    expect(media.facing.value).toBe('user');
    await media.flipCamera();
    expect([media.facing.value, media.used.camera.value]).toEqual(['environment', 'environment']);
    await media.flipCamera();
    expect(media.facing.value).toBe('user');
    hasBack = false;
    await media.flipCamera();
    expect([media.facing.value, media.camera.value.state]).toEqual(['user', 'live']);
    expect(asked).toEqual(['user', 'environment', 'user', 'environment', 'user']);
  });

  it('takes up a device that is plugged in after it was found missing', async () => {
    const { browser, media } = setUp({ camera: 'NotFoundError' });
    await media.start();
    delete browser.state.camera;
    browser.plug();
    await settled();
    expect(media.camera.value.state).toBe('live');
  });

  it('throws away a camera that comes after it was turned off', async () => {
    const { browser, media } = setUp();
    const opening = media.setCamera(true);
    await media.setCamera(false);
    await opening;
    expect(media.camera.value.track).toBeNull();
    expect(browser.tracks.map(({ readyState }) => readyState)).toEqual(['ended']);
  });

  it('lets every device go at the end, also those that come late', async () => {
    const { browser, media } = setUp();
    const starting = media.start();
    media.close();
    await starting;
    expect(browser.tracks.map(({ readyState }) => readyState)).toEqual(['ended', 'ended']);
  });

  it('starts again, as it was wanted, after a stop', async () => {
    const { media } = setUp();
    await media.start();
    await media.setCamera(false);
    media.stop();
    expect(media.microphone.value.track).toBeNull();
    await media.start();
    expect(media.microphone.value.state).toBe('live');
    expect(media.camera.value.state).toBe('idle');
  });
});

/** Promises that are under way have run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
