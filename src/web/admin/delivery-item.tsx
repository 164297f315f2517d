import type { Delivery } from '../../client/admin.ts';
import { useAdminMessages } from '../i18n/admin-messages.ts';
import { useMessages } from '../i18n/messages.ts';
import { Ago } from './parts/ago.tsx';
import { exactTime } from './times.ts';

interface DeliveryItemProps {
  readonly delivery: Delivery;
  readonly busy: boolean;
  readonly onResend: () => void;
}

/** Colours of the states. */
const TONES = { waiting: 'warn', delivered: 'ok', dropped: 'fail' } as const;

/** An event on its way to an endpoint. */
export function DeliveryItem({ delivery, busy, onResend }: DeliveryItemProps) {
  const words = useAdminMessages().webhooks;
  const { lang } = useMessages();
  const { type, host, state, tries, triedAt, outcome, createdAt } = delivery;
  return (
    <li data-event={delivery.id}>
      <div>
        <p class="place">
          <code>{type}</code>
          <span class="badge" data-tone={TONES[state]}>
            {words.states[state]}
          </span>
        </p>
        <p class="soft">
          {host} · <Ago time={createdAt} /> · {words.tries(tries)}
          {triedAt !== null && tries > 1 && (
            <>
              {', '}
              <Ago time={triedAt} say={words.tried} />
            </>
          )}
          {outcome !== null && (
            <>
              {' · '}
              <span lang="en">{outcome}</span>
            </>
          )}
        </p>
      </div>
      <button
        type="button"
        class="button small quiet"
        aria-label={words.resendOf(type, exactTime(createdAt, lang))}
        aria-disabled={busy}
        onClick={onResend}
      >
        {busy && <span class="spinner" />}
        {words.resend}
      </button>
    </li>
  );
}
