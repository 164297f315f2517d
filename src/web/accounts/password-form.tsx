import { useAccountMessages } from '../i18n/account-messages.ts';
import { usePage } from '../page-context.ts';
import { newPasswordProblem, onlyProblems, passwordProblem } from './checks.ts';
import { HiddenUsername, PasswordField } from './fields.tsx';
import { Form, useForm } from './form.tsx';

export function PasswordForm({ email }: { email: string | null }) {
  const t = useAccountMessages();
  const { login } = usePage();
  const form = useForm({
    initial: { current: '', new: '' },
    check: (values) =>
      onlyProblems({ current: passwordProblem(values.current, t), new: newPasswordProblem(values.new, t) }),
    async send(values) {
      await login.account().changePassword(values.current, values.new);
      form.reset({ current: '', new: '' });
    },
    explain: (code) => (code === 'wrong_password' ? { current: t.problem.wrongPassword } : null),
    invalid: (name) => (name === 'current' ? t.problem.wrongPassword : t.problem.passwordBad),
  });
  return (
    <Form form={form} submit={t.passwords.submit} busy={t.saving} done={t.passwords.done}>
      <HiddenUsername email={email} />
      <PasswordField form={form} name="current" label={t.passwords.current} autoComplete="current-password" />
      <PasswordField form={form} name="new" label={t.newPassword} autoComplete="new-password" />
    </Form>
  );
}
