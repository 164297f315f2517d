import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type {
  ConnectionCheck,
  ConnectionCheckName,
  ConnectionCheckOptions,
  ConnectionReport,
  ConnectionVerdict,
} from '../../client/index.ts';
import type { DeviceManager } from '../media/device-manager.ts';
import { CAPTURED_KINDS } from '../media/devices.ts';

/** Milliseconds that the browser's question about camera and microphone may stay open until the page says so. */
export const PERMISSION_MS = 15_000;
/** Milliseconds without a sound after which the microphone counts as silent. */
export const SILENT_MS = 8_000;
/** Level (0 to 1) at which the microphone hears somebody. */
const HEARD_LEVEL = 0.2;

/** Whether the microphone has heard the person. */
export type Hearing = 'listening' | 'heard' | 'silent';
/** Whether the person has heard the tone. */
export type SpeakerState = 'waiting' | 'playing' | 'asking' | 'heard' | 'silent';

/** The test that a person runs: devices and connection at the same time. Nothing runs before `start`. */
export interface TestModel {
  /** `done`: the connection is judged, and devices have answered or are late; an open microphone has heard or is silent. */
  readonly phase: ReadonlySignal<'idle' | 'running' | 'done' | 'stopped'>;
  readonly devices: DeviceManager;
  readonly checks: ReadonlySignal<ReadonlyMap<ConnectionCheckName, ConnectionCheck>>;
  readonly verdict: ReadonlySignal<ConnectionVerdict | null>;
  /** Whether the browser's question has been open for long. */
  readonly late: ReadonlySignal<boolean>;
  readonly hearing: ReadonlySignal<Hearing>;
  readonly speaker: ReadonlySignal<SpeakerState>;
  start(): void;
  /** Ends the test and lets go of the devices. */
  stop(): void;
  playTone(): void;
  confirmTone(heard: boolean): void;
  close(): void;
}

interface TestModelOptions {
  readonly devices: DeviceManager;
  readonly check: (options: ConnectionCheckOptions) => Promise<ConnectionReport>;
  readonly watchLevel: (track: MediaStreamTrack, onLevel: (level: number) => void) => () => void;
  /** Plays a tone by the speaker with this id, '' for the system's; resolves when it is over. */
  readonly playTone: (speakerId: string) => Promise<void>;
  /** Calls once after so many milliseconds; the returned function cancels it. */
  readonly after: (ms: number, run: () => void) => () => void;
}

export function createTestModel({ devices, check, watchLevel, after, ...deps }: TestModelOptions): TestModel {
  const phase = signal<'idle' | 'running' | 'done' | 'stopped'>('idle');
  const checks = signal<ReadonlyMap<ConnectionCheckName, ConnectionCheck>>(new Map());
  const verdict = signal<ConnectionVerdict | null>(null);
  const late = signal(false);
  const hearing = signal<Hearing>('listening');
  const speaker = signal<SpeakerState>('waiting');
  let run = new AbortController();
  let cancelLate = (): void => {};

  const isOpening = () =>
    CAPTURED_KINDS.some((kind) => {
      const { on, state } = devices[kind].value;
      return on && (state === 'starting' || state === 'idle');
    });

  const isListening = () => {
    const { on, track } = devices.microphone.value;
    return on && track !== null && hearing.value === 'listening';
  };

  const stopEnding = effect(() => {
    const settled = late.value || (!isOpening() && !isListening());
    if (phase.value === 'running' && verdict.value !== null && settled) phase.value = 'done';
  });

  const stopListening = effect(() => {
    const { track, on } = devices.microphone.value;
    if (track === null || !on) return;
    hearing.value = 'listening';
    const cancel = after(SILENT_MS, () => {
      if (hearing.peek() === 'listening') hearing.value = 'silent';
    });
    const unwatch = watchLevel(track, (level) => {
      if (level >= HEARD_LEVEL) hearing.value = 'heard';
    });
    return () => {
      cancel();
      unwatch();
    };
  });

  function end(): void {
    run.abort();
    cancelLate();
  }

  async function checkConnection(signal: AbortSignal): Promise<void> {
    const onCheck = (found: ConnectionCheck) => {
      checks.value = new Map(checks.peek()).set(found.name, found);
    };
    const report = await check({ signal, onCheck });
    if (!signal.aborted) verdict.value = report.verdict;
  }

  return {
    phase,
    devices,
    checks,
    verdict,
    late,
    hearing,
    speaker,
    start() {
      end();
      run = new AbortController();
      checks.value = new Map();
      verdict.value = null;
      late.value = false;
      if (speaker.peek() !== 'playing') speaker.value = 'waiting';
      phase.value = 'running';
      cancelLate = after(PERMISSION_MS, () => {
        late.value = true;
      });
      void devices.start();
      // It rejects only if it is aborted.
      checkConnection(run.signal).catch(() => {});
    },
    stop() {
      end();
      devices.stop();
      phase.value = 'stopped';
    },
    playTone() {
      if (speaker.peek() === 'playing') return;
      speaker.value = 'playing';
      const ask = () => {
        if (speaker.peek() === 'playing') speaker.value = 'asking';
      };
      deps.playTone(devices.chosen.speaker.peek()).then(ask, ask);
    },
    confirmTone(heard) {
      speaker.value = heard ? 'heard' : 'silent';
    },
    close() {
      end();
      stopEnding();
      stopListening();
      devices.close();
    },
  };
}
