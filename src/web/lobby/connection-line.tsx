import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { checkConnection } from '../../client/index.ts';
import { isFramed } from '../embed/frame.ts';
import { useMessages } from '../i18n/messages.ts';
import { type Poor, startQuickCheck } from './quick-check.ts';
import { TestLink } from './test-link.tsx';

/** One line if the connection is poor, with the way to the whole test; else nothing. @param quiet ends the check */
export function ConnectionLine({ quiet }: { readonly quiet: boolean }) {
  const t = useMessages();
  const poor = useSignal<Poor | null>(null);
  useEffect(() => {
    // A site that shows the call in a frame has its own word about its visitors' connections.
    if (quiet || isFramed() || poor.peek() !== null) return;
    return startQuickCheck({
      check: checkConnection,
      after(ms, run) {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
      onPoor(found) {
        poor.value = found;
      },
    });
  }, [quiet]);
  return (
    <p class="connection-line" role="status">
      {poor.value !== null && (
        <>
          {t.lobby.poor[poor.value]} <TestLink />
        </>
      )}
    </p>
  );
}
