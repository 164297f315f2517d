import { computed, type Signal, signal } from '@preact/signals';
import { singleFlight } from '../single-flight.ts';
import type { DeviceManager, DeviceManagerOptions } from './device-manager-types.ts';
import { DeviceMemory, type Reason } from './device-memory.ts';
import { DeviceRequests } from './device-requests.ts';
import {
  CAPTURED_KINDS,
  type CapturedKind,
  choicesOf,
  constraintsFor,
  type DeviceKind,
  type Facing,
  type Health,
  isCurable,
  NO_DEVICES,
  type Source,
  troubleOf,
} from './devices.ts';
import { endTrack, onlyTrackOf, originOf, watchPermissions, watchTrack } from './open-track.ts';

export type { DeviceManager } from './device-manager-types.ts';

export function createDeviceManager({
  capture,
  prefs,
  permissions,
  now = Date.now,
}: DeviceManagerOptions): DeviceManager {
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
  const speaker = computed(() => {
    const wanted = chosen.speaker.value;
    const { speaker: present } = choices.value;
    // Some browsers list no speakers, and none before a device was allowed.
    return present.length === 0 || present.some(({ id }) => id === wanted) ? wanted : '';
  });
  const memory = { camera: new DeviceMemory(now), microphone: new DeviceMemory(now) };
  const requests = { camera: new DeviceRequests(), microphone: new DeviceRequests() };
  let wantedFacing: Facing | null = null;
  let closed = false;

  const constraints = (kind: CapturedKind) =>
    constraintsFor(kind, memory[kind].wanted(chosen[kind].value), kind === 'camera' ? wantedFacing : null);
  const update = (kind: CapturedKind, change: Partial<Source>) => {
    sources[kind].value = { ...sources[kind].value, ...change };
  };

  async function list(): Promise<void> {
    if (capture === undefined || closed) return;
    choices.value = choicesOf(await capture.enumerateDevices().catch(() => []));
  }

  const onDeviceChange = () => {
    void followChanges();
    for (const kind of CAPTURED_KINDS) {
      if (sources[kind].value.on && isCurable(sources[kind].value)) void open(kind);
    }
  };
  async function followChanges(): Promise<void> {
    const before = choices.value;
    await list();
    for (const kind of CAPTURED_KINDS) {
      if (closed || sources[kind].value.track === null) continue;
      const news = memory[kind].newsOf(chosen[kind].value, before[kind], choices.value[kind]);
      if (news !== undefined) void open(kind, news);
    }
  }
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

  function adopt(kind: CapturedKind, track: MediaStreamTrack, reason?: Reason): void {
    release(kind);
    watchTrack(track, {
      onEnded: () => lose(kind),
      onPaused: (paused) => {
        health[kind].value = paused ? 'paused' : 'fine';
      },
    });
    const origin = originOf(track);
    used[kind].value = origin.id;
    if (kind === 'camera') facing.value = origin.facing;
    health[kind].value = memory[kind].open(origin, reason);
    update(kind, { state: 'live', track });
  }

  function lose(kind: CapturedKind): void {
    if (!memory[kind].lose(chosen[kind].value)) {
      // The browser may open another device instead.
      void open(kind, 'lost');
      return;
    }
    requests[kind].abandon();
    release(kind, 'lost');
    update(kind, { state: 'failed', track: null });
  }

  function open(kind: CapturedKind, reason?: Reason): Promise<void> {
    return requests[kind].run(JSON.stringify(constraints(kind)), () => ask(kind, reason));
  }

  async function ask(kind: CapturedKind, reason: Reason | undefined): Promise<void> {
    if (capture === undefined) return update(kind, { state: 'insecure', track: null });
    const superseded = requests[kind].supersede();
    const isSuperseded = () => closed || superseded();
    const held = () => sources[kind].value.track?.readyState === 'live';
    // A device that works isn't given up for news of another one.
    const keeps = () => held() && (reason === 'returned' || reason === 'followed');
    if (!held()) update(kind, { state: 'starting', track: null });
    const media = kind === 'camera' ? { video: constraints(kind) } : { audio: constraints(kind) };
    try {
      const stream = await capture.getUserMedia(media).catch((error: unknown) => {
        // Android can't open a second camera while the first is open.
        if (isSuperseded() || troubleOf(error) !== 'busy' || !held() || keeps()) throw error;
        release(kind);
        return capture.getUserMedia(media);
      });
      const track = onlyTrackOf(stream);
      if (isSuperseded()) return endTrack(track);
      adopt(kind, track, reason);
    } catch (error) {
      if (isSuperseded() || keeps()) return;
      const after = reason === 'lost' || health[kind].value === 'lost' ? 'lost' : 'fine';
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
    memory[kind].forgetMissed();
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
      memory.camera.forgetMissed();
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
    speaker,
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
