import { CONNECTION_CHECKS, type ConnectionCheck, type ConnectionCheckName } from '../../client/index.ts';
import type { Messages } from '../i18n/messages.ts';
import type { TestMessages } from '../i18n/test-messages.ts';
import { isLacking, type Source } from '../media/devices.ts';
import type { TestModel } from './test-model.ts';

export const DEVICE_STEPS = ['camera', 'microphone', 'speaker'] as const;
export type StepId = (typeof DEVICE_STEPS)[number] | ConnectionCheckName;

/** One line of the test: how it stands, what was found, and what to do about it. '' for nothing. */
export interface Step {
  readonly id: StepId;
  readonly status: 'waiting' | 'running' | 'ok' | 'poor' | 'failed' | 'skipped';
  readonly found: string;
  readonly todo: string;
}

interface Texts {
  readonly m: Messages;
  readonly t: TestMessages;
}

/** Returns all steps, in their order. */
export function stepsOf(model: TestModel, texts: Texts): readonly Step[] {
  const begun = model.phase.value !== 'idle';
  return [
    cameraStep(model, texts, begun),
    microphoneStep(model, texts, begun),
    speakerStep(model, texts, begun),
    ...CONNECTION_CHECKS.map((name) => connectionStep(name, model, texts)),
  ];
}

/** Outcomes without a call. */
export const STOPPING: ReadonlySet<string> = new Set(['no_server', 'no_web_socket', 'no_path']);

/** The whole test in one word: what stops a call first, then devices, then what only disturbs it. null before the end. */
export function outcomeOf(model: TestModel): keyof TestMessages['verdict'] | null {
  const { phase, verdict, devices, hearing, speaker } = model;
  if (phase.value === 'stopped') return 'stopped';
  if (phase.value !== 'done' || verdict.value === null) return null;
  if (STOPPING.has(verdict.value)) return verdict.value;
  const microphone = devices.microphone.value;
  if (isLacking(microphone)) return 'microphone';
  if (microphone.track !== null && hearing.value === 'silent') return 'silent';
  if (speaker.value === 'silent') return 'speaker';
  return isLacking(devices.camera.value) ? 'camera' : verdict.value;
}

function cameraStep(model: TestModel, texts: Texts, begun: boolean): Step {
  const source = model.devices.camera.value;
  const { found } = texts.t;
  const { width = 0, height = 0 } = source.track?.getSettings?.() ?? {};
  const picture = width > 0 && height > 0 ? found.picture(width, height) : found.on;
  return (
    deviceStep('camera', source, model, texts, begun) ?? {
      ...BLANK,
      id: 'camera',
      status: 'ok',
      found: picture,
    }
  );
}

function microphoneStep(model: TestModel, texts: Texts, begun: boolean): Step {
  const step = deviceStep('microphone', model.devices.microphone.value, model, texts, begun);
  if (step !== undefined) return step;
  const { found, todo } = texts.t;
  switch (model.hearing.value) {
    case 'heard':
      return { ...BLANK, id: 'microphone', status: 'ok', found: found.heard };
    case 'silent':
      return { id: 'microphone', status: 'poor', found: found.silent, todo: todo.silent };
    case 'listening':
      return { ...BLANK, id: 'microphone', status: 'running', found: found.sayWord };
  }
}

const BLANK = { found: '', todo: '' } as const;

/** Returns the step of a device that isn't open; undefined for an open one. */
function deviceStep(
  id: 'camera' | 'microphone',
  { on, state }: Source,
  { phase, late }: TestModel,
  { m, t }: Texts,
  begun: boolean,
): Step | undefined {
  if (!begun) return { ...BLANK, id, status: 'waiting' };
  if (!on) return { ...BLANK, id, status: 'skipped', found: t.found.off };
  switch (state) {
    case 'live':
      return undefined;
    case 'idle':
    case 'starting':
      if (phase.value === 'stopped') return { ...BLANK, id, status: 'waiting' };
      return late.value
        ? { id, status: 'failed', found: t.found.noAnswer, todo: t.todo.permission }
        : { ...BLANK, id, status: 'running', found: t.found.permission };
    case 'insecure':
      return { id, status: 'failed', ...inWords(m.trouble.insecure) };
    default:
      return { id, status: 'failed', ...inWords(m.trouble[`${id}${TROUBLES[state]}`]) };
  }
}

const TROUBLES = {
  denied: 'Denied',
  missing: 'Missing',
  busy: 'Busy',
  failed: 'Failed',
  unsuitable: 'Unsuitable',
} as const;

function inWords({ title, text }: { readonly title: string; readonly text: string }) {
  return { found: `${title}.`, todo: text };
}

function speakerStep({ speaker }: TestModel, { t }: Texts, begun: boolean): Step {
  const id = 'speaker';
  if (!begun) return { ...BLANK, id, status: 'waiting' };
  switch (speaker.value) {
    case 'heard':
      return { ...BLANK, id, status: 'ok', found: t.found.toneHeard };
    case 'silent':
      return { id, status: 'failed', found: t.found.toneSilent, todo: t.todo.toneSilent };
    default:
      return { ...BLANK, id, status: 'waiting', found: t.found.playTone };
  }
}

function connectionStep(name: ConnectionCheckName, { checks, phase }: TestModel, { t }: Texts): Step {
  const check = checks.value.get(name);
  const stopped = phase.value === 'stopped' && check?.status === 'running';
  if (check === undefined || stopped) {
    return { ...BLANK, id: name, status: phase.value === 'running' ? 'running' : 'waiting' };
  }
  return { id: name, status: check.status, found: foundOf(check, t), todo: todoOf(check, t) };
}

function foundOf({ name, status, reason, ms, loop }: ConnectionCheck, t: TestMessages): string {
  if (reason !== null) return t.reason[reason];
  if (loop !== null) {
    const loss = loop.lossPercent.toLocaleString(undefined, { maximumFractionDigits: 1 });
    const sentence = t.found.loop(loop.kbitPerSecond, loss, loop.transport.toUpperCase());
    return ms === null ? sentence : sentence + t.found.delay(Math.round(ms));
  }
  if (ms === null || status === 'running') return '';
  const rounded = Math.max(1, Math.round(ms));
  if (name === 'http') return t.found.roundTrip(rounded);
  return name === 'webSocket' ? t.found.connected(rounded) : t.found.answered(rounded);
}

function todoOf({ name, status, reason }: ConnectionCheck, { todo }: TestMessages): string {
  if (reason === 'busy') return todo.busy;
  if (reason === 'unsupported') return todo.unsupported;
  if (status === 'poor') return name === 'http' ? todo.slow : todo.thin;
  return status === 'failed' ? todo[name] : '';
}
