import { useEffect } from 'preact/hooks';
import { Link } from '../components/link.tsx';
import { FailureNotice, Notice } from '../components/notice.tsx';
import { type AccountMessages, useAccountMessages } from '../i18n/account-messages.ts';
import { usePage } from '../page-context.ts';
import type { Destination } from '../routes.ts';
import { AccountPage } from './account-page.tsx';
import { emailProblem, onlyProblems, passwordProblem } from './checks.ts';
import { EmailField, PasswordField } from './fields.tsx';
import { Form, useForm } from './form.tsx';
import { Or, ProviderButton } from './provider-button.tsx';

/** Signs in with password or provider, then leads on to `next`. */
export function SignInView({ next }: { next: Destination }) {
  const t = useAccountMessages();
  const { login, navigation, settings, secrets } = usePage();
  const user = login.user.value;
  // Also if the person has just signed in in another tab.
  useEffect(() => {
    if (user !== null) navigation.go(next, true);
  }, [user]);

  const providerFirst = settings.registration === 'closed';
  const provider = settings.oidcName !== null && (
    <ProviderButton roomId={next.at === 'call' ? next.roomId : null} main={providerFirst} />
  );
  const failure = login.providerFailure.value;
  const canRegister =
    settings.registration === 'open' ||
    (settings.registration === 'invite' && secrets.get('invite') !== null);
  return (
    <AccountPage
      title={t.signIn.title}
      headline={t.signIn.headline}
      intro={introOf(next, settings.guests, t)}
      notice={
        <>
          {login.wasSignedOut.value && <Notice title={t.signIn.endedTitle} text={t.signIn.endedText} />}
          {failure !== null && <FailureNotice failure={failure} />}
        </>
      }
    >
      {providerFirst && provider && (
        <>
          {provider}
          <Or />
        </>
      )}
      <PasswordSignIn quiet={providerFirst && provider !== false} />
      {!providerFirst && provider && (
        <>
          <Or />
          {provider}
        </>
      )}
      <div class="further">
        <p>
          <strong>{t.signIn.forgot}</strong> {t.signIn.forgotText}
        </p>
        {canRegister && (
          <p>
            {t.signIn.new} <Link to={{ at: 'register', next }}>{t.signIn.register}</Link>
          </p>
        )}
        {settings.guests && next.at === 'call' && (
          <p>
            <Link to={next}>{t.signIn.guest}</Link>
          </p>
        )}
      </div>
    </AccountPage>
  );
}

function introOf(next: Destination, guests: boolean, t: AccountMessages): string {
  if (!guests) return next.at === 'call' ? `${t.signIn.guestsOff} ${t.signIn.toCall}` : t.signIn.guestsOff;
  return next.at === 'call' ? t.signIn.toCall : t.signIn.intro;
}

function PasswordSignIn({ quiet }: { quiet: boolean }) {
  const t = useAccountMessages();
  const { login } = usePage();
  const form = useForm({
    initial: { email: '', password: '' },
    check: ({ email, password }) =>
      onlyProblems({ email: emailProblem(email, t), password: passwordProblem(password, t) }),
    send: ({ email, password }) => login.signIn({ email: email.trim(), password }),
    explain: (code) => (code === 'invalid_credentials' ? { password: t.problem.credentials } : null),
    invalid: (name) => (name === 'email' ? t.problem.emailBad : t.problem.credentials),
  });
  return (
    <Form form={form} submit={t.signIn.submit} busy={t.signIn.busy} wide quiet={quiet}>
      <EmailField form={form} name="email" />
      <PasswordField form={form} name="password" label={t.password} autoComplete="current-password" />
    </Form>
  );
}
