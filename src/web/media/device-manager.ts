import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Prefs } from '../prefs.ts';
import { singleFlight } from '../single-flight.ts';
import { DeviceRequests } from './device-requests.ts';
import {
  CAPTURED_KINDS,
  type CapturedKind,
  choicesOf,
  constraintsFor,
  type DeviceChoices,
  type DeviceKind,
  type Facing,
  type Health,
  isCurable,
  NO_DEVICES,
  type Source,
  troubleOf,
} from './devices.ts';
import { endTrack, onlyTrackOf, originOf, watchPermissions, watchTrack } from './open-track.ts';

type Capture = Pick<
  MediaDevices,
  'getUserMedia' | 'enumerateDevices' | 'addEventListener' | 'removeEventListener'
>;

/** The person's camera, microphone and speaker. Owns their tracks from the lobby to the end of the call. */
export interface DeviceManager {
  readonly camera: ReadonlySignal<Source>;
  readonly microphone: ReadonlySignal<Source>;
  readonly choices: ReadonlySignal<DeviceChoices>;
  /** Ids of the chosen devices; '' for the system default. */
  readonly chosen: Readonly<Record<DeviceKind, ReadonlySignal<string>>>;
  /** Ids of the devices in use, or used last; '' if none was. */
  readonly used: Readonly<Record<CapturedKind, ReadonlySignal<string>>>;
  readonly health: Readonly<Record<CapturedKind, ReadonlySignal<Health>>>;
  /** Where the open camera points; null if it doesn't tell, as on a desktop. */
  readonly facing: ReadonlySignal<Facing | null>;
  /** Opens camera and microphone with one prompt; if that fails, each on its own. */
  start(): Promise<void>;
  /** Turning it off stops the camera, so that its light goes out. */
  setCamera(on: boolean): Promise<void>;
  /** Turning it off keeps the microphone open, so that it is back at once. The SDK silences it in a call. */
  setMicrophone(on: boolean): Promise<void>;
  choose(kind: DeviceKind, id: string): Promise<void>;
  /** Switches between a phone's front and back camera. */
  flipCamera(): Promise<void>;
  /** Stops camera and microphone. `start` opens those again that are on. */
  stop(): void;
  close(): void;
}

interface DeviceManagerOptions {
  /** Undefined if the page is not in a secure context. */
  readonly capture: Capture | undefined;
  readonly prefs: Prefs;
  /** Undefined if the browser has no Permissions API. */
  readonly permissions?: Pick<Permissions, 'query'> | undefined;
}

export function createDeviceManager({ capture, prefs, permissions }: DeviceManagerOptions): DeviceManager {
  const idle = (off: string): Source => ({ on: off === '', state: 'idle', track: null });
  const sources: Record<CapturedKind, Signal<Source>> = {
    camera: signal(idle(prefs.get('cameraOff'))),
    microphone: signal(idle(prefs.get('microphoneOff'))),
  };
  const health = { camera: signal<Health>('fine'), microphone: signal<Health>('fine') };
  const used = { camera: signal(''), microphone: signal('') };
  const facing = signal<Facing | null>(null);
  const choices = signal(NO_DEVICES);
  const chosen = {
    camera: signal(prefs.get('camera')),
    microphone: signal(prefs.get('microphone')),
    speaker: signal(prefs.get('speaker')),
  };
  const requests = { camera: new DeviceRequests(), microphone: new DeviceRequests() };
  let wantedFacing: Facing | null = null;
  let closed = false;

  const constraints = (kind: CapturedKind) =>
    constraintsFor(kind, chosen[kind].value, kind === 'camera' ? wantedFacing : null);
  const update = (kind: CapturedKind, change: Partial<Source>) => {
    sources[kind].value = { ...sources[kind].value, ...change };
  };

  async function list(): Promise<void> {
    if (capture === undefined || closed) return;
    choices.value = choicesOf(await capture.enumerateDevices().catch(() => []));
  }

  const onDeviceChange = () => {
    void list();
    for (const kind of CAPTURED_KINDS) {
      if (sources[kind].value.on && isCurable(sources[kind].value)) void open(kind);
    }
  };
  capture?.addEventListener('devicechange', onDeviceChange);
  const unwatchPermissions = watchPermissions(permissions, CAPTURED_KINDS, (kind) => {
    const { on, state } = sources[kind].value;
    if (on && state === 'denied' && !closed) void open(kind);
  });

  function release(kind: CapturedKind, after: Health = 'fine'): void {
    const { track } = sources[kind].value;
    if (track !== null) endTrack(track);
    health[kind].value = after;
  }

  function adopt(kind: CapturedKind, track: MediaStreamTrack, after: Health = 'fine'): void {
    release(kind);
    watchTrack(track, {
      // The browser may open another device instead.
      onEnded: () => void open(kind, true),
      onPaused: (paused) => {
        health[kind].value = paused ? 'paused' : 'fine';
      },
    });
    const origin = originOf(track);
    used[kind].value = origin.id;
    if (kind === 'camera') facing.value = origin.facing;
    health[kind].value = track.muted ? 'paused' : after;
    update(kind, { state: 'live', track });
  }

  /** @param lost the device in use went away */
  function open(kind: CapturedKind, lost = false): Promise<void> {
    return requests[kind].run(JSON.stringify(constraints(kind)), () => ask(kind, lost));
  }

  async function ask(kind: CapturedKind, lost: boolean): Promise<void> {
    if (capture === undefined) return update(kind, { state: 'insecure', track: null });
    const superseded = requests[kind].supersede();
    const isSuperseded = () => closed || superseded();
    const held = () => sources[kind].value.track?.readyState === 'live';
    if (!held()) update(kind, { state: 'starting', track: null });
    const media = kind === 'camera' ? { video: constraints(kind) } : { audio: constraints(kind) };
    try {
      const stream = await capture.getUserMedia(media).catch((error: unknown) => {
        // Android can't open a second camera while the first is open.
        if (isSuperseded() || troubleOf(error) !== 'busy' || !held()) throw error;
        release(kind);
        return capture.getUserMedia(media);
      });
      const track = onlyTrackOf(stream);
      if (isSuperseded()) return endTrack(track);
      adopt(kind, track, lost ? 'replaced' : 'fine');
    } catch (error) {
      if (isSuperseded()) return;
      const after = lost || health[kind].value === 'lost' ? 'lost' : 'fine';
      release(kind, after);
      update(kind, { state: troubleOf(error), track: null });
    }
    await list();
  }

  async function openBoth(): Promise<boolean> {
    if (capture === undefined) return false;
    const isSuperseded = { camera: requests.camera.watch(), microphone: requests.microphone.watch() };
    try {
      const stream = await capture.getUserMedia({
        video: constraints('camera'),
        audio: constraints('microphone'),
      });
      for (const track of stream.getTracks()) {
        const kind = track.kind === 'video' ? 'camera' : 'microphone';
        if (closed || isSuperseded[kind]()) endTrack(track);
        else adopt(kind, track);
      }
      await list();
      return true;
    } catch {
      return false;
    }
  }

  async function start(): Promise<void> {
    const wanted = CAPTURED_KINDS.filter((kind) => {
      const { on, state } = sources[kind].value;
      return on && state !== 'live' && state !== 'starting';
    });
    for (const kind of wanted) if (capture !== undefined) update(kind, { state: 'starting' });
    const isSuperseded = { camera: requests.camera.watch(), microphone: requests.microphone.watch() };
    if (wanted.length === 2 && (await openBoth())) return;
    // In turn, because two prompts would cover each other.
    for (const kind of wanted) if (!closed && !isSuperseded[kind]()) await open(kind);
  }

  async function setCamera(on: boolean): Promise<void> {
    if (on) {
      update('camera', { on });
      return open('camera');
    }
    requests.camera.abandon();
    release('camera');
    update('camera', { on, state: 'idle', track: null });
  }

  async function setMicrophone(on: boolean): Promise<void> {
    update('microphone', { on });
    if (on && sources.microphone.value.track === null) await open('microphone');
  }

  async function choose(kind: DeviceKind, id: string): Promise<void> {
    chosen[kind].value = id;
    prefs.set(kind, id);
    if (kind === 'speaker') return;
    if (kind === 'camera') {
      wantedFacing = null;
      update('camera', { on: true });
    }
    await open(kind);
  }

  const flipCamera = singleFlight(async () => {
    const before = facing.value;
    const chosenBefore = chosen.camera.value;
    const turn = async (to: Facing | null, id: string) => {
      requests.camera.abandon();
      release('camera');
      wantedFacing = to;
      chosen.camera.value = id;
      update('camera', { on: true, state: 'starting', track: null });
      await open('camera');
    };
    await turn(before === 'environment' ? 'user' : 'environment', '');
    if (sources.camera.value.on && isCurable(sources.camera.value) && !closed)
      await turn(before, chosenBefore);
  });

  function stop(): void {
    for (const kind of CAPTURED_KINDS) {
      requests[kind].abandon();
      release(kind);
      update(kind, { state: 'idle', track: null });
    }
  }

  return {
    ...sources,
    choices,
    chosen,
    used,
    health,
    facing,
    start,
    setCamera,
    setMicrophone,
    choose,
    flipCamera,
    stop,
    close() {
      closed = true;
      capture?.removeEventListener('devicechange', onDeviceChange);
      unwatchPermissions();
      stop();
    },
  };
}
