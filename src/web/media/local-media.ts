import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Prefs } from '../prefs.ts';
import {
  choicesOf,
  constraintsFor,
  type DeviceChoices,
  type DeviceKind,
  NO_DEVICES,
  type Source,
  troubleOf,
} from './devices.ts';

type Captured = 'camera' | 'microphone';
type Capture = Pick<
  MediaDevices,
  'getUserMedia' | 'enumerateDevices' | 'addEventListener' | 'removeEventListener'
>;

/** This person's camera, microphone and speaker: one owner of the tracks, from the lobby to the end of the call. */
export interface LocalMedia {
  readonly camera: ReadonlySignal<Source>;
  readonly microphone: ReadonlySignal<Source>;
  readonly choices: ReadonlySignal<DeviceChoices>;
  /** Ids of the chosen devices; '' is the system's default. */
  readonly chosen: Readonly<Record<DeviceKind, ReadonlySignal<string>>>;
  /** Asks for camera and microphone in one question, then for each alone where that failed. */
  start(): Promise<void>;
  /** Off stops the camera, so that its light goes out. */
  setCamera(on: boolean): Promise<void>;
  /** Off keeps the microphone open and silent: on again is instant. */
  setMicrophone(on: boolean): Promise<void>;
  choose(kind: DeviceKind, id: string): Promise<void>;
  /** Lets camera and microphone go; `start` takes them up again as they were wanted. */
  stop(): void;
  close(): void;
}

interface LocalMediaOptions {
  /** Undefined where the page is not in a secure context. */
  readonly capture: Capture | undefined;
  readonly prefs: Prefs;
}

export function createLocalMedia({ capture, prefs }: LocalMediaOptions): LocalMedia {
  const idle: Source = { on: true, state: 'idle', track: null };
  const sources: Record<Captured, Signal<Source>> = { camera: signal(idle), microphone: signal(idle) };
  const choices = signal(NO_DEVICES);
  const chosen = {
    camera: signal(prefs.get('camera')),
    microphone: signal(prefs.get('microphone')),
    speaker: signal(prefs.get('speaker')),
  };
  /** Counts what was asked for; an answer to an older question is thrown away. */
  const asked: Record<Captured, number> = { camera: 0, microphone: 0 };
  let closed = false;

  const constraints = (kind: Captured) => constraintsFor(kind, chosen[kind].value);
  const update = (kind: Captured, change: Partial<Source>) => {
    sources[kind].value = { ...sources[kind].value, ...change };
  };

  async function list(): Promise<void> {
    if (capture === undefined || closed) return;
    choices.value = choicesOf(await capture.enumerateDevices().catch(() => []));
  }

  const onDeviceChange = () => {
    void list();
    for (const kind of ['camera', 'microphone'] as const) {
      const { on, state } = sources[kind].value;
      if (on && state === 'missing') void open(kind);
    }
  };
  capture?.addEventListener('devicechange', onDeviceChange);

  function release(kind: Captured): void {
    const { track } = sources[kind].value;
    if (track !== null) {
      track.onended = null;
      track.stop();
    }
  }

  function adopt(kind: Captured, track: MediaStreamTrack): void {
    release(kind);
    const { on } = sources[kind].value;
    track.enabled = on;
    // Unplugged, or taken away by the system: the browser may have another one.
    track.onended = () => void open(kind);
    update(kind, { state: 'live', track });
  }

  async function open(kind: Captured): Promise<void> {
    if (capture === undefined) return update(kind, { state: 'insecure', track: null });
    asked[kind] += 1;
    const question = asked[kind];
    if (sources[kind].value.track?.readyState !== 'live') update(kind, { state: 'starting', track: null });
    try {
      const media = kind === 'camera' ? { video: constraints(kind) } : { audio: constraints(kind) };
      const track = (await capture.getUserMedia(media)).getTracks()[0];
      if (track === undefined) return;
      if (closed || question !== asked[kind]) return track.stop();
      adopt(kind, track);
    } catch (error) {
      if (closed || question !== asked[kind]) return;
      release(kind);
      update(kind, { state: troubleOf(error), track: null });
    }
    await list();
  }

  async function openBoth(): Promise<boolean> {
    if (capture === undefined) return false;
    const questions = { ...asked };
    try {
      const stream = await capture.getUserMedia({
        video: constraints('camera'),
        audio: constraints('microphone'),
      });
      for (const track of stream.getTracks()) {
        const kind = track.kind === 'video' ? 'camera' : 'microphone';
        if (closed || asked[kind] !== questions[kind]) track.stop();
        else adopt(kind, track);
      }
      await list();
      return true;
    } catch {
      return false;
    }
  }

  async function start(): Promise<void> {
    const wanted = (['camera', 'microphone'] as const).filter((kind) => {
      const { on, state } = sources[kind].value;
      return on && state !== 'live' && state !== 'starting';
    });
    for (const kind of wanted) if (capture !== undefined) update(kind, { state: 'starting' });
    if (wanted.length === 2 && (await openBoth())) return;
    // One after the other: two questions at once would cover each other.
    for (const kind of wanted) if (!closed) await open(kind);
  }

  async function setCamera(on: boolean): Promise<void> {
    if (on) {
      update('camera', { on });
      return open('camera');
    }
    asked.camera += 1;
    release('camera');
    update('camera', { on, state: 'idle', track: null });
  }

  async function setMicrophone(on: boolean): Promise<void> {
    const { track } = sources.microphone.value;
    if (track !== null) track.enabled = on;
    update('microphone', { on });
    if (on && track === null) await open('microphone');
  }

  async function choose(kind: DeviceKind, id: string): Promise<void> {
    chosen[kind].value = id;
    prefs.set(kind, id);
    if (kind === 'camera') update('camera', { on: true });
    if (kind !== 'speaker') await open(kind);
  }

  function stop(): void {
    for (const kind of ['camera', 'microphone'] as const) {
      asked[kind] += 1;
      release(kind);
      update(kind, { state: 'idle', track: null });
    }
  }

  return {
    ...sources,
    choices,
    chosen,
    start,
    setCamera,
    setMicrophone,
    choose,
    stop,
    close() {
      closed = true;
      capture?.removeEventListener('devicechange', onDeviceChange);
      stop();
    },
  };
}
