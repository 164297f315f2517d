import { useSignal } from '@preact/signals';
import { ParleyClientError } from '../../client/index.ts';
import { useAccountMessages } from '../i18n/account-messages.ts';
import { usePage } from '../page-context.ts';
import { HOME, type Route } from '../routes.ts';
import { AccountPage } from './account-page.tsx';
import { NewcomerForm } from './newcomer-form.tsx';
import { OutcomePage } from './outcome-page.tsx';

type Outcome = 'missing' | 'bad' | 'done' | 'ready';

/** Creates the first admin by the link that the server prints [TK7]. */
export function SetupView() {
  const t = useAccountMessages();
  const { login, secrets } = usePage();
  const token = secrets.get('setup');
  const outcome = useSignal<Outcome | null>(token === null ? 'missing' : null);

  if (outcome.value !== null || token === null) {
    const said = outcome.value ?? 'missing';
    const next: { to: Route; text: string } | null =
      said === 'ready'
        ? { to: { at: 'account', section: null }, text: t.setup.toAccount }
        : said === 'done'
          ? { to: { at: 'sign-in', next: HOME }, text: t.signIn.submit }
          : null;
    return <OutcomePage title={t.setup[`${said}Title`]} text={t.setup[`${said}Text`]} next={next} />;
  }

  return (
    <AccountPage title={t.setup.title} headline={t.setup.headline} intro={t.setup.intro}>
      <NewcomerForm
        submit={t.setup.submit}
        busy={t.setup.busy}
        send={async (newcomer) => {
          try {
            await login.setUp({ ...newcomer, token });
            outcome.value = 'ready';
            secrets.drop('setup');
          } catch (error) {
            const code = error instanceof ParleyClientError ? error.code : '';
            if (code === 'invalid_token') outcome.value = 'bad';
            if (code === 'forbidden') outcome.value = 'done';
            if (outcome.value !== null) secrets.drop('setup');
            throw error;
          }
        }}
      />
    </AccountPage>
  );
}
