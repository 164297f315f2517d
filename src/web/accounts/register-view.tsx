import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ParleyClientError } from '../../client/index.ts';
import { Link } from '../components/link.tsx';
import { useAccountMessages } from '../i18n/account-messages.ts';
import { usePage } from '../page-context.ts';
import type { Destination } from '../routes.ts';
import { AccountPage } from './account-page.tsx';
import { NewcomerForm } from './newcomer-form.tsx';
import { OutcomePage } from './outcome-page.tsx';
import { Or, ProviderButton } from './provider-button.tsx';

/** Registers an account, then leads on to `next`. */
export function RegisterView({ next }: { next: Destination }) {
  const t = useAccountMessages();
  const { login, navigation, settings, secrets } = usePage();
  const user = login.user.value;
  useEffect(() => {
    if (user !== null) navigation.go(next, true);
  }, [user]);
  /** What the server says, if the page doesn't know its settings or they have changed. */
  const closedBy = useSignal<'closed' | 'invite' | null>(null);
  const invite = secrets.get('invite');
  const registration =
    closedBy.value ??
    (settings.registration === 'invite' && invite !== null ? 'open' : settings.registration);

  if (registration !== 'open') {
    const [title, text] =
      registration === 'closed'
        ? [t.register.closedTitle, t.register.closedText]
        : [t.register.inviteTitle, t.register.inviteText];
    return (
      <OutcomePage
        title={title}
        text={text}
        next={{ to: { at: 'sign-in', next }, text: t.register.signIn }}
      />
    );
  }

  const isGuest = login.hasAccount.value;
  return (
    <AccountPage
      title={t.register.title}
      headline={t.register.headline}
      intro={[t.register.intro, settings.guests && t.register.notNeeded, isGuest && t.register.guest]
        .filter(Boolean)
        .join(' ')}
    >
      <NewcomerForm
        submit={t.register.submit}
        busy={t.register.busy}
        send={async (newcomer) => {
          try {
            await login.register({ ...newcomer, invite });
            secrets.drop('invite');
          } catch (error) {
            const code = error instanceof ParleyClientError ? error.code : '';
            if (code === 'registration_closed') closedBy.value = 'closed';
            if (code === 'invite_required') {
              secrets.drop('invite');
              closedBy.value = 'invite';
            }
            throw error;
          }
        }}
      />
      {settings.oidcName !== null && (
        <>
          <Or />
          <ProviderButton roomId={next.at === 'call' ? next.roomId : null} main={false} />
        </>
      )}
      <div class="further">
        <p>
          {t.register.have} <Link to={{ at: 'sign-in', next }}>{t.register.signIn}</Link>
        </p>
      </div>
    </AccountPage>
  );
}
