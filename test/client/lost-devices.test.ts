import { afterEach, describe, expect, it, vi } from 'vitest';
import { replaceLostDevices } from '../../src/client/lost-devices.ts';
import { openDevices } from '../../src/client/open-devices.ts';

/** A track whose device can be unplugged. */
class FakeTrack extends EventTarget {
  readonly kind: string;
  readyState = 'live';
  constructor(kind: string) {
    super();
    this.kind = kind;
  }
  stop(): void {
    this.readyState = 'ended';
  }
  unplug(): void {
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }
}

afterEach(() => vi.unstubAllGlobals());

async function setUp() {
  const opened: FakeTrack[] = [];
  const state = { refuses: false };
  vi.stubGlobal('navigator', {
    mediaDevices: {
      async getUserMedia({ audio, video }: MediaStreamConstraints) {
        if (state.refuses) throw new DOMException('none', 'NotFoundError');
        const tracks = [...(audio ? ['audio'] : []), ...(video ? ['video'] : [])].map(
          (kind) => new FakeTrack(kind),
        );
        opened.push(...tracks);
        return { getTracks: () => tracks };
      },
    },
  });
  const devices = await openDevices({ microphone: true, camera: true });
  const did: unknown[] = [];
  const stop = replaceLostDevices(
    {
      setCamera: async (track) => void did.push(['camera', track]),
      setMicrophone: async (track) => void did.push(['microphone', track]),
    },
    devices,
    (kind, replaced) => did.push(`${kind} replaced=${replaced}`),
  );
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { opened, state, devices, did, stop, settled };
}

describe('a device of joinCall that goes away', () => {
  it('is replaced by what the browser has, and reported once', async () => {
    const { opened, did, devices, settled } = await setUp();
    opened[0]?.unplug();
    await settled();
    expect(did).toEqual([['microphone', opened[2]], 'microphone replaced=true']);
    opened[2]?.unplug();
    await settled();
    expect(did.slice(2)).toEqual([['microphone', opened[3]], 'microphone replaced=true']);
    devices.stop();
    expect(opened.map(({ readyState }) => readyState)).toEqual(Array(4).fill('ended'));
  });

  it('is taken out of the call if there is no other', async () => {
    const { opened, state, did, settled } = await setUp();
    state.refuses = true;
    opened[1]?.unplug();
    await settled();
    expect(did).toEqual([['camera', null], 'camera replaced=false']);
  });

  it('is given up after ten times', async () => {
    const { opened, did, settled } = await setUp();
    for (let time = 0; time < 20; time += 1) {
      const last = opened.findLast(({ kind }) => kind === 'audio');
      if (last?.readyState === 'live') last.unplug();
      await settled();
    }
    expect(opened).toHaveLength(12);
    expect(did.at(-1)).toBe('microphone replaced=false');
  });

  it('is left alone after the call', async () => {
    const { opened, did, stop, settled } = await setUp();
    stop();
    opened[0]?.unplug();
    await settled();
    expect(did).toEqual([]);
  });
});
