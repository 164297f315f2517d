import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from '../components/icon.tsx';
import { useTestMessages } from '../i18n/test-messages.ts';
import type { Step } from './steps.ts';

const ICONS: Readonly<Record<Exclude<Step['status'], 'running'>, IconName>> = {
  waiting: 'more',
  ok: 'check',
  poor: 'alert',
  failed: 'close',
  skipped: 'more',
};

/** A step with its state in words, what was found, and what to do. */
export function StepItem({ step, children }: { readonly step: Step; readonly children?: ComponentChildren }) {
  const t = useTestMessages();
  const { id, status, found, todo } = step;
  return (
    <li class="step" data-step={id} data-status={status}>
      <span class="mark">
        {status === 'running' ? <span class="spinner" /> : <Icon name={ICONS[status]} />}
      </span>
      <div class="what">
        <h3>{t.step[id]}</h3>
        {/* That nothing was tested yet is what the eye sees anyway. */}
        <span class={status === 'waiting' ? 'visually-hidden' : 'state'}>{t.status[status]}</span>
        {found !== '' && <p class="found">{found}</p>}
        {todo !== '' && <p class="todo">{todo}</p>}
        {children}
      </div>
    </li>
  );
}
