import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import type { ConnectionCheck, ConnectionCheckOptions, ConnectionReport } from '../../../src/client/index.ts';
import { en } from '../../../src/web/i18n/en.ts';
import { test as t } from '../../../src/web/i18n/en-test.ts';
import { ru } from '../../../src/web/i18n/ru.ts';
import { test as ruTest } from '../../../src/web/i18n/ru-test.ts';
import type { DeviceManager } from '../../../src/web/media/device-manager.ts';
import type { Source } from '../../../src/web/media/devices.ts';
import { reportText } from '../../../src/web/test-page/report.ts';
import { outcomeOf, stepsOf } from '../../../src/web/test-page/steps.ts';
import {
  createTestModel,
  PERMISSION_MS,
  SILENT_MS,
  type TestModel,
} from '../../../src/web/test-page/test-model.ts';
import { FakeClock } from '../../support/fakes/clock.ts';

const texts = { m: en, t };
/** As much of a track as the page reads. */
const track = { getSettings: () => ({ width: 1280, height: 720 }) } as unknown as MediaStreamTrack;
const LIVE: Source = { on: true, state: 'live', track };
const FAILED: Source = { on: true, state: 'denied', track: null };

function setUp() {
  const clock = new FakeClock();
  const sources = {
    camera: signal<Source>({ on: true, state: 'idle', track: null }),
    microphone: signal<Source>({ on: true, state: 'idle', track: null }),
  };
  const done: string[] = [];
  const devices = {
    ...sources,
    chosen: { camera: signal(''), microphone: signal(''), speaker: signal('desk') },
    start: async () => void done.push('start'),
    stop: () => void done.push('stop'),
    close: () => void done.push('close'),
  } as unknown as DeviceManager;
  let asked: ConnectionCheckOptions = {};
  let answer: (report: ConnectionReport) => void = () => {};
  let hear: (level: number) => void = () => {};
  let endTone: () => void = () => {};
  const model = createTestModel({
    devices,
    check(options) {
      done.push('check');
      asked = options;
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
    watchLevel(_, onLevel) {
      hear = onLevel;
      return () => done.push('unwatch');
    },
    playTone(id) {
      done.push(`tone ${id}`);
      return new Promise((resolve) => {
        endTone = resolve;
      });
    },
    after: (ms, run) => clock.after(ms, run),
  });
  const find = (check: Partial<ConnectionCheck> & Pick<ConnectionCheck, 'name' | 'status'>) =>
    asked.onCheck?.({ reason: null, ms: null, loop: null, ...check });
  const judge = async (verdict: ConnectionReport['verdict']) => {
    answer({ verdict, checks: [] });
    await Promise.resolve();
    await Promise.resolve();
  };
  return {
    ...{ clock, sources, done, model, find, judge },
    asked: () => asked,
    hear: (level: number) => hear(level),
    endTone: async () => {
      endTone();
      await Promise.resolve();
      await Promise.resolve();
    },
  };
}

/** The sentence at the end; '' before. */
const sentenceOf = (model: TestModel) => {
  const outcome = outcomeOf(model);
  return outcome === null ? '' : t.verdict[outcome];
};

const statusOf = (model: TestModel, id: string) => stepsOf(model, texts).find((step) => step.id === id);

describe('the connection test', () => {
  it('does nothing before it is started', () => {
    const { model, done } = setUp();
    expect(done).toEqual([]);
    expect(stepsOf(model, texts).map(({ status }) => status)).toEqual(Array(10).fill('waiting'));
    expect(sentenceOf(model)).toBe('');
  });

  it('is over once the connection is judged and the devices have answered', async () => {
    const { model, sources, judge, hear } = setUp();
    model.start();
    await judge('good');
    expect([model.phase.value, sentenceOf(model)]).toEqual(['running', '']);
    sources.camera.value = LIVE;
    sources.microphone.value = LIVE;
    expect([model.phase.value, sentenceOf(model)]).toEqual(['running', '']);
    hear(0.5);
    expect([model.phase.value, sentenceOf(model)]).toEqual(['done', t.verdict.good]);
    expect(statusOf(model, 'camera')).toMatchObject({ status: 'ok', found: '1280 × 720' });
  });

  it('doesn’t wait for ever for the browser’s question, and takes a late answer', async () => {
    const { model, sources, clock, judge } = setUp();
    model.start();
    await judge('good');
    clock.advance(PERMISSION_MS - 1);
    expect(statusOf(model, 'camera')?.status).toBe('running');
    clock.advance(1);
    expect(model.phase.value).toBe('done');
    expect(statusOf(model, 'camera')).toMatchObject({ status: 'failed', todo: t.todo.permission });
    sources.camera.value = LIVE;
    expect(statusOf(model, 'camera')?.status).toBe('ok');
  });

  it('believes a microphone that moves, and says that one is silent', () => {
    const { model, sources, clock, hear } = setUp();
    model.start();
    sources.microphone.value = LIVE;
    expect(statusOf(model, 'microphone')).toMatchObject({ status: 'running', found: t.found.sayWord });
    hear(0.19);
    clock.advance(SILENT_MS);
    expect(statusOf(model, 'microphone')).toMatchObject({ status: 'poor', todo: t.todo.silent });
    hear(0.2);
    expect(statusOf(model, 'microphone')).toMatchObject({ status: 'ok', found: t.found.heard });
    sources.microphone.value = { ...LIVE, on: false };
    expect(statusOf(model, 'microphone')?.status).toBe('skipped');
  });

  it('plays a tone by the chosen speaker, one at a time, and asks', async () => {
    const { model, done, endTone } = setUp();
    model.start();
    model.playTone();
    model.playTone();
    expect(done.filter((what) => what === 'tone desk')).toHaveLength(1);
    expect(model.speaker.value).toBe('playing');
    model.confirmTone(true);
    await endTone();
    expect(statusOf(model, 'speaker')?.status).toBe('ok');
    model.playTone();
    await endTone();
    expect(model.speaker.value).toBe('asking');
    model.confirmTone(false);
    expect(statusOf(model, 'speaker')).toMatchObject({ status: 'failed', todo: t.todo.toneSilent });
  });

  it('stops: lets go of devices and checks, and hears nothing of them any more', async () => {
    const { model, done, asked, judge, clock } = setUp();
    model.start();
    model.stop();
    expect(asked().signal?.aborted).toBe(true);
    expect(done).toEqual(['start', 'check', 'stop']);
    await judge('good');
    clock.advance(PERMISSION_MS);
    expect([model.phase.value, sentenceOf(model)]).toEqual(['stopped', t.verdict.stopped]);
    model.start();
    expect([model.phase.value, model.verdict.value]).toEqual(['running', null]);
    model.close();
    expect(done.at(-1)).toBe('close');
    expect(clock.pending).toBe(0);
  });

  it('puts what stops a call before the devices, and these before what only disturbs it', async () => {
    for (const [verdict, sentence] of [
      ['no_path', t.verdict.no_path],
      ['no_server', t.verdict.no_server],
      ['tcp_only', t.verdict.microphone],
      ['good', t.verdict.microphone],
    ] as const) {
      const { model, sources, judge } = setUp();
      model.start();
      sources.camera.value = FAILED;
      sources.microphone.value = FAILED;
      await judge(verdict);
      expect(sentenceOf(model)).toBe(sentence);
    }
    const { model, sources, judge, clock, hear } = setUp();
    model.start();
    sources.camera.value = FAILED;
    sources.microphone.value = LIVE;
    await judge('slow');
    clock.advance(SILENT_MS);
    expect(sentenceOf(model)).toBe(t.verdict.silent);
    hear(0.5);
    expect(sentenceOf(model)).toBe(t.verdict.camera);
    model.confirmTone(false);
    expect(sentenceOf(model)).toBe(t.verdict.speaker);
    model.confirmTone(true);
    sources.camera.value = LIVE;
    expect(sentenceOf(model)).toBe(t.verdict.slow);
    sources.camera.value = FAILED;
    expect(statusOf(model, 'camera')).toMatchObject({ found: 'Your camera is blocked.' });
  });

  it('has words for whatever a check can find, in both languages', () => {
    const { model, find } = setUp();
    model.start();
    const names = ['http', 'webSocket', 'stun', 'turnUdp', 'turnTcp', 'turnTls', 'loopback'] as const;
    const reasons = [
      ...['timeout', 'unreachable', 'refused', 'busy', 'not_offered', 'unsupported', 'needs_another'],
    ] as const;
    for (const name of names) {
      for (const reason of reasons as readonly (keyof typeof t.reason)[]) {
        find({ name, status: 'failed', reason });
        for (const language of [texts, { m: ru, t: ruTest }]) {
          const step = stepsOf(model, language).find(({ id }) => id === name);
          expect(step?.found).not.toBe('');
          expect(step?.todo).not.toBe('');
        }
      }
      find({ name, status: 'ok', ms: 12.4 });
      expect(statusOf(model, name)?.found).toContain(name === 'loopback' ? '' : '12 ms');
    }
    const loop = { transport: 'udp', kbitPerSecond: 630, lossPercent: 4.5, history: [640] } as const;
    find({ name: 'loopback', status: 'poor', ms: 31, loop });
    expect(statusOf(model, 'loopback')).toMatchObject({
      found: '630 kbit/s, 4.5 % lost, over UDP, 31 ms',
      todo: t.todo.thin,
    });
  });

  it('has a report in plain text', async () => {
    const { model, sources, find, judge, clock } = setUp();
    model.start();
    sources.camera.value = LIVE;
    sources.microphone.value = FAILED;
    find({ name: 'http', status: 'ok', ms: 18 });
    await judge('good');
    const sentence = sentenceOf(model);
    const steps = stepsOf(model, texts).slice(0, 4);
    expect(reportText({ steps, sentence, now: clock.now(), userAgent: 'A browser' }, t)).toBe(
      [
        'Parley connection test',
        'Time: 2026-01-01T00:00:00.000Z',
        'Browser: A browser',
        'Result: The connection works, but others won’t hear you.',
        '',
        'Camera: works (1280 × 720)',
        'Microphone: doesn’t work (Your microphone is blocked)',
        'Speakers: not tested yet',
        'Server: works (Round trip 18 ms)',
        '',
      ].join('\n'),
    );
  });
});
