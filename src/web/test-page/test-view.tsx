import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { checkConnection } from '../../client/index.ts';
import { AccountCorner } from '../components/account-corner.tsx';
import { DeviceSelects } from '../components/device-selects.tsx';
import { Logo } from '../components/logo.tsx';
import { useMessages } from '../i18n/messages.ts';
import { useTestMessages } from '../i18n/test-messages.ts';
import { Preview } from '../lobby/preview.tsx';
import { createDeviceManager } from '../media/device-manager.ts';
import { watchLevel } from '../media/level-meter.ts';
import { usePage } from '../page-context.ts';
import type { Prefs } from '../prefs.ts';
import { HOME } from '../routes.ts';
import { useViewHeading } from '../use-view-heading.ts';
import { LoopPlot } from './loop-plot.tsx';
import { reportText } from './report.ts';
import { SpeakerButtons } from './speaker-buttons.tsx';
import { StepItem } from './step-item.tsx';
import { DEVICE_STEPS, outcomeOf, STOPPING, type Step, stepsOf } from './steps.ts';
import { createTestModel, type TestModel } from './test-model.ts';
import { TestReport } from './test-report.tsx';
import { playTone } from './tone.ts';
import '../styles/test-page.css';

/** Devices by their chosen ids, and both on, however the last call was joined. */
function bothOn(prefs: Prefs): Prefs {
  return {
    ...prefs,
    get: (name) => (name === 'cameraOff' || name === 'microphoneOff' ? '' : prefs.get(name)),
  };
}

function openModel(prefs: Prefs): TestModel {
  /** Undefined on plain HTTP, though its type says otherwise. */
  const capture: MediaDevices | undefined = navigator.mediaDevices;
  return createTestModel({
    devices: createDeviceManager({ capture, prefs: bothOn(prefs), permissions: navigator.permissions }),
    check: checkConnection,
    watchLevel,
    playTone,
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  });
}

/** `/test`: tries devices and connection, once the person has pressed Start. */
export function TestView() {
  const m = useMessages();
  const t = useTestMessages();
  const { navigation, prefs } = usePage();
  const model = useMemo(() => openModel(prefs), []);
  useEffect(() => () => model.close(), [model]);
  const heading = useViewHeading<HTMLHeadingElement>(t.title);
  const phase = model.phase.value;
  const steps = stepsOf(model, { m, t });
  const outcome = outcomeOf(model);
  const sentence = outcome === null ? '' : t.verdict[outcome];
  const begun = phase !== 'idle';
  const verdict = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    // Whoever follows the steps further down learns that it is over.
    if (phase === 'done') verdict.current?.scrollIntoView({ block: 'nearest' });
  }, [phase]);
  const endedAt = useMemo(() => Date.now(), [phase]);
  return (
    <div class="test-page">
      <header class="bar">
        <Logo onClick={() => navigation.go(HOME)} />
        <AccountCorner />
      </header>
      <main>
        <div class="intro">
          <h1 ref={heading} tabIndex={-1}>
            {t.headline}
          </h1>
          <p>{t.intro}</p>
          <button
            type="button"
            class={phase === 'running' ? 'button large quiet' : 'button large'}
            onClick={phase === 'running' ? model.stop : model.start}
          >
            {phase === 'running' ? t.stop : begun ? t.again : t.start}
          </button>
          <p ref={verdict} class="verdict" role="status" data-tone={outcome && toneOf(outcome)}>
            {sentence}
          </p>
          <Announcements steps={steps} />
        </div>
        <section class="part" aria-labelledby="devices-title">
          <h2 id="devices-title">{t.devices}</h2>
          {begun && phase !== 'stopped' && (
            <>
              <Preview devices={model.devices} name="" picture={null} />
              <DeviceSelects devices={model.devices} />
            </>
          )}
          <ol class="steps">
            {steps.slice(0, DEVICE_STEPS.length).map((step) => (
              <StepItem key={step.id} step={step}>
                {step.id === 'speaker' && begun && phase !== 'stopped' && <SpeakerButtons model={model} />}
              </StepItem>
            ))}
          </ol>
        </section>
        <section class="part" aria-labelledby="connection-title">
          <h2 id="connection-title">{t.connection}</h2>
          <ol class="steps">
            {steps.slice(DEVICE_STEPS.length).map((step) => (
              <StepItem key={step.id} step={step}>
                {step.id === 'loopback' && <Plot model={model} />}
              </StepItem>
            ))}
          </ol>
        </section>
        {phase === 'done' && (
          <TestReport
            text={reportText({ steps, sentence, now: endedAt, userAgent: navigator.userAgent }, t)}
          />
        )}
      </main>
    </div>
  );
}

function toneOf(outcome: string): 'good' | 'warn' | 'danger' {
  if (outcome === 'good') return 'good';
  return STOPPING.has(outcome) ? 'danger' : 'warn';
}

function Plot({ model }: { readonly model: TestModel }) {
  const loop = model.checks.value.get('loopback')?.loop ?? null;
  return loop === null ? null : <LoopPlot loop={loop} />;
}

/** Says to screen readers how each step ended. */
function Announcements({ steps }: { readonly steps: readonly Step[] }) {
  const t = useTestMessages();
  const said = useRef(new Map<string, string>());
  const text = useSignal('');
  useEffect(() => {
    const news = steps.filter(({ id, status }) => {
      const before = said.current.get(id);
      said.current.set(id, status);
      return status !== before && (status === 'ok' || status === 'poor' || status === 'failed');
    });
    if (news.length === 0) return;
    text.value = news.map(({ id, status }) => t.finished(t.step[id], t.status[status])).join('. ');
  });
  return (
    <p class="visually-hidden" role="status">
      {text.value}
    </p>
  );
}
