import { useState } from 'preact/hooks';
import { useAdminMessages } from '../../i18n/admin-messages.ts';
import { useSingleFlight } from '../../single-flight.ts';

interface MoreProps {
  readonly isLast: boolean;
  /** Whether as many pages are shown as may be. */
  readonly isEnough: boolean;
  readonly onMore: () => Promise<void>;
}

/** Below a list that comes in pages. */
export function More({ isLast, isEnough, onMore }: MoreProps) {
  const t = useAdminMessages();
  const [busy, setBusy] = useState(false);
  const more = useSingleFlight(async () => {
    setBusy(true);
    await onMore();
    setBusy(false);
  });
  if (isLast) return null;
  if (isEnough) return <p class="soft">{t.enough}</p>;
  return (
    <button type="button" class="button quiet" aria-disabled={busy} onClick={() => void more()}>
      {busy && <span class="spinner" />}
      {t.more}
    </button>
  );
}
