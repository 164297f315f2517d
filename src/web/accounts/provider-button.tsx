import { useState } from 'preact/hooks';
import { FailureNotice } from '../components/notice.tsx';
import { isFramed } from '../embed/frame.ts';
import { type Failure, failureOf } from '../failure.ts';
import { useAccountMessages } from '../i18n/account-messages.ts';
import { usePage } from '../page-context.ts';
import { useSingleFlight } from '../single-flight.ts';

interface ProviderButtonProps {
  /** The call to come back to; null for home. */
  readonly roomId: string | null;
  /** Whether this is the main way to sign in. */
  readonly main: boolean;
}

/** Signs in at the OpenID provider, on its own page, which a frame can't show. */
export function ProviderButton({ roomId, main }: ProviderButtonProps) {
  const t = useAccountMessages();
  const { login, settings } = usePage();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const start = useSingleFlight(async () => {
    setBusy(true);
    setFailure(null);
    try {
      await login.signInAtProvider(roomId);
    } catch (error) {
      setFailure(failureOf(error));
    } finally {
      setBusy(false);
    }
  });
  if (isFramed()) {
    const way = `/auth/oidc/start${roomId === null ? '' : `?room=${roomId}`}`;
    return (
      <>
        <a
          class={main ? 'button large wide' : 'button large wide quiet'}
          href={way}
          target="_blank"
          rel="noopener"
        >
          {t.signIn.with(settings.oidcName ?? '')}
        </a>
        <p class="hint">{t.signIn.ownWindow(settings.oidcName ?? '')}</p>
      </>
    );
  }
  return (
    <>
      <button
        type="button"
        class={main ? 'button large wide' : 'button large wide quiet'}
        aria-disabled={busy}
        onClick={() => void start()}
      >
        {busy && <span class="spinner" />}
        {t.signIn.with(settings.oidcName ?? '')}
      </button>
      {failure !== null && <FailureNotice failure={failure} />}
    </>
  );
}

/** Separates two ways to sign in. */
export function Or() {
  const t = useAccountMessages();
  return <p class="or">{t.or}</p>;
}
