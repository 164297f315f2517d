import { afterEach, describe, expect, it, vi } from 'vitest';
import { tellDeviceNews, troublesOf } from '../../../src/web/call/device-troubles.ts';
import { createNotices } from '../../../src/web/call/notices.ts';
import { createDeviceManager } from '../../../src/web/media/device-manager.ts';
import { createPrefs } from '../../../src/web/prefs.ts';
import { type FakeTrack, fakeTrack, memoryStorage } from '../fakes.ts';

type Kind = 'camera' | 'microphone' | 'speaker';
interface Plugged {
  readonly kind: Kind;
  readonly id: string;
  readonly label: string;
}

const INPUTS = { camera: 'videoinput', microphone: 'audioinput', speaker: 'audiooutput' } as const;
const INNER: readonly Plugged[] = [
  { kind: 'camera', id: 'c-inner', label: 'Inner camera' },
  { kind: 'microphone', id: 'm-inner', label: 'Inner microphone' },
  { kind: 'speaker', id: 's-inner', label: 'Inner speaker' },
];
const USB: Plugged = { kind: 'microphone', id: 'm-usb', label: 'USB' };
const CAM: Plugged = { kind: 'camera', id: 'c-usb', label: 'USB' };
const HEADPHONES: Plugged = { kind: 'speaker', id: 's-usb', label: 'USB' };
const byDefault = (label: string): Plugged => ({ kind: 'microphone', id: 'default', label });

/** A browser in which devices can be unplugged: their tracks end, and the list changes. */
function setUp(...plugged: Plugged[]) {
  let present = [...plugged];
  const target = new EventTarget();
  const tracks: { readonly device: Plugged; readonly track: MediaStreamTrack & FakeTrack }[] = [];
  const state = { busy: false, opened: 0 };
  const open = (kind: 'camera' | 'microphone', constraints: unknown) => {
    if (state.busy && kind === 'camera') throw new DOMException('in use', 'NotReadableError');
    const all = present.filter((device) => device.kind === kind);
    const ideal = JSON.stringify(constraints ?? {});
    const device = all.find(({ id }) => ideal.includes(`"${id}"`)) ?? all[0];
    if (device === undefined) throw new DOMException('none', 'NotFoundError');
    const track = fakeTrack(kind === 'camera' ? 'video' : 'audio', { deviceId: device.id });
    Object.assign(track, { label: device.label });
    tracks.push({ device, track });
    state.opened += 1;
    return track;
  };
  const devices = createDeviceManager({
    prefs: createPrefs(memoryStorage()),
    now: () => 0,
    capture: {
      async getUserMedia({ audio, video }: MediaStreamConstraints = {}) {
        const opened = [
          ...(video ? [open('camera', video)] : []),
          ...(audio ? [open('microphone', audio)] : []),
        ];
        return { getTracks: () => opened } as unknown as MediaStream;
      },
      enumerateDevices: async () =>
        present.map(
          ({ kind, id, label }) => ({ kind: INPUTS[kind], deviceId: id, label }) as MediaDeviceInfo,
        ),
      addEventListener: target.addEventListener.bind(target),
      removeEventListener: target.removeEventListener.bind(target),
    },
  });
  const notices = createNotices();
  const stop = tellDeviceNews(devices, notices);
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  const end = (device: Plugged) => {
    for (const each of [...tracks]) {
      if (each.device.id !== device.id || each.track.readyState === 'ended') continue;
      each.track.readyState = 'ended';
      each.track.onended?.();
    }
  };
  const change = async (next: Plugged[]) => {
    present = next;
    target.dispatchEvent(new Event('devicechange'));
    await settled();
    await settled();
  };
  return {
    devices,
    state,
    tracks,
    change,
    told: () => notices.shown.value.map(({ kind }) => kind),
    troubles: () => troublesOf(devices).value,
    close: () => {
      stop();
      notices.close();
      devices.close();
    },
    async start() {
      await devices.start();
      await settled();
    },
    plug: (...added: Plugged[]) => change([...present, ...added]),
    async unplug(...gone: Plugged[]) {
      present = present.filter(({ id }) => !gone.some((device) => device.id === id));
      for (const device of gone) end(device);
      await change(present);
    },
    async end(device: Plugged) {
      end(device);
      await settled();
    },
  };
}

type Case = ReturnType<typeof setUp>;
const cases: Case[] = [];
function begin(...plugged: Plugged[]): Case {
  const made = setUp(...plugged);
  cases.push(made);
  return made;
}
afterEach(() => {
  for (const each of cases.splice(0)) each.close();
  vi.useRealTimers();
});

describe('what becomes of devices in a call', () => {
  it('takes another microphone if the chosen one is unplugged, and takes it back once it is there again', async () => {
    const on = begin(...INNER, USB);
    await on.start();
    await on.devices.choose('microphone', 'm-usb');
    await on.unplug(USB);
    expect([on.devices.used.microphone.value, on.told()]).toEqual(['m-inner', ['microphoneReplaced']]);
    await on.plug(USB);
    expect(on.devices.used.microphone.value).toBe('m-usb');
    expect(on.told()).toEqual(['microphoneReplaced', 'microphoneReturned']);
    const { opened } = on.state;
    await on.change([...INNER, USB]);
    expect(on.state.opened).toBe(opened);
  });

  it('does so for a camera that the person never chose', async () => {
    const on = begin(CAM, ...INNER);
    await on.start();
    expect(on.devices.used.camera.value).toBe('c-usb');
    await on.unplug(CAM);
    await on.plug(CAM);
    expect(on.devices.used.camera.value).toBe('c-usb');
    expect(on.told()).toEqual(['cameraReplaced', 'cameraReturned']);
  });

  it('leaves a new device alone that nobody has chosen', async () => {
    const on = begin(...INNER);
    await on.start();
    const { opened } = on.state;
    await on.plug(USB, CAM);
    expect([on.state.opened, on.told()]).toEqual([opened, []]);
  });

  it('follows the system to another default, once', async () => {
    const on = begin(byDefault('Default - Inner'), ...INNER, USB);
    await on.start();
    const { opened } = on.state;
    await on.change([byDefault('Default - USB'), ...INNER, USB]);
    expect(on.told()).toEqual(['microphoneFollowed']);
    await on.change([byDefault('Default - USB'), ...INNER, USB]);
    expect(on.state.opened).toBe(opened + 1);
  });

  it('doesn’t follow the system if the person has chosen a device', async () => {
    const on = begin(byDefault('Default - Inner'), ...INNER, USB);
    await on.start();
    await on.devices.choose('microphone', 'm-inner');
    await on.change([byDefault('Default - USB'), ...INNER, USB]);
    expect([on.devices.used.microphone.value, on.told()]).toEqual(['m-inner', []]);
  });

  it('gives one notice if the default is unplugged', async () => {
    const usb = byDefault('Default - USB');
    const on = begin(usb, ...INNER, USB);
    await on.start();
    for (const { device, track } of on.tracks) if (device === usb) track.readyState = 'ended';
    const lost = on.tracks.find(({ device }) => device === usb)?.track.onended;
    const changed = on.change([byDefault('Default - Inner'), ...INNER]);
    lost?.();
    await changed;
    expect(on.told()).toEqual(['microphoneReplaced']);
  });

  it('says so if another program has taken the camera, until it is given back', async () => {
    const on = begin(...INNER);
    await on.start();
    on.state.busy = true;
    await on.end(INNER[0] as Plugged);
    expect([on.troubles(), on.told()]).toEqual([[{ kind: 'camera', how: 'taken' }], []]);
    on.state.busy = false;
    await on.devices.setCamera(true);
    expect([on.troubles(), on.told()]).toEqual([[], []]);
  });

  it('keeps what works if the device that is back can’t be opened', async () => {
    const on = begin(...INNER, CAM);
    await on.start();
    await on.devices.choose('camera', 'c-usb');
    await on.unplug(CAM);
    on.state.busy = true;
    await on.plug(CAM);
    expect(on.devices.camera.value.state).toBe('live');
    expect([on.devices.used.camera.value, on.told()]).toEqual(['c-inner', ['cameraReplaced']]);
  });

  it('says nothing if a headset ends its microphone for another profile and has it back', async () => {
    const on = begin(USB, ...INNER);
    await on.start();
    await on.end(USB);
    await on.change([USB, ...INNER]);
    expect([on.devices.used.microphone.value, on.told(), on.troubles()]).toEqual(['m-usb', [], []]);
    expect(on.devices.microphone.value.state).toBe('live');
  });

  it('gives up a microphone that ends again and again, until the devices change', async () => {
    const on = begin(USB);
    await on.devices.setMicrophone(true);
    for (let time = 0; time < 4; time += 1) await on.end(USB);
    expect(on.state.opened).toBe(4);
    expect(on.troubles()).toEqual([{ kind: 'microphone', how: 'lost' }]);
    await on.change([USB]);
    expect([on.state.opened, on.troubles()]).toEqual([5, []]);
  });

  it('plays on the system’s default while the chosen speaker is unplugged', async () => {
    const on = begin(...INNER, HEADPHONES);
    await on.start();
    await on.devices.choose('speaker', 's-usb');
    expect([on.devices.speaker.value, on.told()]).toEqual(['s-usb', []]);
    await on.unplug(HEADPHONES);
    expect([on.devices.speaker.value, on.told()]).toEqual(['', ['speakerReplaced']]);
    await on.plug(HEADPHONES);
    expect([on.devices.speaker.value, on.told()]).toEqual(['s-usb', ['speakerReplaced', 'speakerReturned']]);
  });

  it('gives one notice for a headset, which is microphone and speaker', async () => {
    const on = begin(...INNER, USB, HEADPHONES);
    await on.start();
    await on.devices.choose('microphone', 'm-usb');
    await on.devices.choose('speaker', 's-usb');
    await on.unplug(USB, HEADPHONES);
    expect(on.told()).toEqual(['microphoneReplaced']);
    await on.plug(USB, HEADPHONES);
    expect(on.told()).toEqual(['microphoneReplaced', 'microphoneReturned']);
  });
});
