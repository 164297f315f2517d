import type { Signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { useAdminMessages } from '../../i18n/admin-messages.ts';
import { useSingleFlight } from '../../single-flight.ts';
import { MAX_PAGES } from '../pages.ts';

interface MoreProps {
  /** Of the last page that is shown; null if there is no more. */
  readonly nextCursor: string | null;
  /** How many pages are shown. */
  readonly pages: Signal<number>;
  /** Loads them. */
  readonly onMore: () => Promise<void>;
}

/** Below a list that comes in pages. */
export function More({ nextCursor, pages, onMore }: MoreProps) {
  const t = useAdminMessages();
  const [busy, setBusy] = useState(false);
  const more = useSingleFlight(async () => {
    setBusy(true);
    pages.value += 1;
    await onMore();
    setBusy(false);
  });
  if (nextCursor === null) return null;
  if (pages.value >= MAX_PAGES) return <p class="soft">{t.enough}</p>;
  return (
    <button type="button" class="button quiet" aria-disabled={busy} onClick={() => void more()}>
      {busy && <span class="spinner" />}
      {t.more}
    </button>
  );
}
