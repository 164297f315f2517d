import { useSignal } from '@preact/signals';
import { ParleyClientError } from '../../client/index.ts';
import { useAccountMessages } from '../i18n/account-messages.ts';
import { usePage } from '../page-context.ts';
import { HOME } from '../routes.ts';
import { AccountPage } from './account-page.tsx';
import { newPasswordProblem, onlyProblems } from './checks.ts';
import { PasswordField } from './fields.tsx';
import { Form, useForm } from './form.tsx';
import { OutcomePage } from './outcome-page.tsx';

type Outcome = 'missing' | 'bad' | 'done';

/** Sets a new password by a link that an admin has made. */
export function ResetView() {
  const t = useAccountMessages();
  const { secrets } = usePage();
  const token = secrets.get('reset');
  const outcome = useSignal<Outcome | null>(token === null ? 'missing' : null);
  if (outcome.value === null && token !== null) {
    return (
      <ResetForm
        token={token}
        onEnd={(end) => {
          outcome.value = end;
          secrets.drop('reset');
        }}
      />
    );
  }
  const said = outcome.value ?? 'missing';
  return (
    <OutcomePage
      title={t.reset[`${said}Title`]}
      text={t.reset[`${said}Text`]}
      next={said === 'done' ? { to: { at: 'sign-in', next: HOME }, text: t.signIn.submit } : null}
    />
  );
}

function ResetForm({ token, onEnd }: { token: string; onEnd: (outcome: Outcome) => void }) {
  const t = useAccountMessages();
  const { login } = usePage();
  const form = useForm({
    initial: { password: '' },
    check: ({ password }) => onlyProblems({ password: newPasswordProblem(password, t) }),
    async send({ password }) {
      try {
        await login.resetPassword(token, password);
        onEnd('done');
      } catch (error) {
        if (error instanceof ParleyClientError && error.code === 'invalid_token') onEnd('bad');
        throw error;
      }
    },
    invalid: () => t.problem.passwordBad,
  });
  return (
    <AccountPage title={t.reset.title} headline={t.reset.headline} intro={t.reset.intro}>
      <Form form={form} submit={t.reset.submit} busy={t.saving} wide>
        <PasswordField form={form} name="password" label={t.newPassword} autoComplete="new-password" />
      </Form>
    </AccountPage>
  );
}
