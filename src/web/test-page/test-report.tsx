import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { copyLink } from '../call/share-link.ts';
import { Icon } from '../components/icon.tsx';
import { useTestMessages } from '../i18n/test-messages.ts';

/** The report, and a button that copies it. */
export function TestReport({ text }: { readonly text: string }) {
  const t = useTestMessages();
  const outcome = useSignal('');
  const shown = useRef<HTMLPreElement>(null);
  const copy = async () => {
    const copied = await copyLink(text);
    outcome.value = copied === 'copied' ? t.report.copied : t.report.copyFailed;
    if (copied !== 'copied' && shown.current !== null) getSelection()?.selectAllChildren(shown.current);
  };
  return (
    <section class="report" aria-labelledby="report-title">
      <h2 id="report-title">{t.report.title}</h2>
      <p>{t.report.hint}</p>
      <pre ref={shown}>{text}</pre>
      <div class="answers">
        <button type="button" class="button quiet" onClick={() => void copy()}>
          <Icon name="link" />
          {t.report.copy}
        </button>
        <p class="done" role="status">
          {outcome.value}
        </p>
      </div>
    </section>
  );
}
