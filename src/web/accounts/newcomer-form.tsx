import { LIMITS } from '../../client/index.ts';
import { TextField } from '../components/text-field.tsx';
import { useAccountMessages } from '../i18n/account-messages.ts';
import { usePage } from '../page-context.ts';
import { emailProblem, newPasswordProblem, onlyProblems } from './checks.ts';
import { EmailField, fieldOf, PasswordField } from './fields.tsx';
import { Form, useForm } from './form.tsx';

interface NewcomerFormProps {
  readonly submit: string;
  readonly busy: string;
  readonly send: (newcomer: {
    readonly email: string;
    readonly password: string;
    readonly displayName: string;
  }) => Promise<void>;
}

/** Name, address and password of a new account. The name is the one of this browser's last call. */
export function NewcomerForm({ submit, busy, send }: NewcomerFormProps) {
  const t = useAccountMessages();
  const { prefs } = usePage();
  const form = useForm({
    initial: { displayName: prefs.get('name'), email: '', password: '' },
    check: ({ email, password }) =>
      onlyProblems({ email: emailProblem(email, t), password: newPasswordProblem(password, t) }),
    send: ({ email, password, displayName }) =>
      send({ email: email.trim(), password, displayName: displayName.trim() }),
    explain: (code) => (code === 'email_taken' ? { email: t.problem.emailTaken } : null),
    invalid: (name) => INVALID[name](t),
  });
  return (
    <Form form={form} submit={submit} busy={busy} wide>
      <TextField
        {...fieldOf(form, 'displayName')}
        label={t.register.name}
        note={t.optional}
        hint={t.register.nameHint}
        maxLength={LIMITS.displayName.max}
        autoComplete="name"
      />
      <EmailField form={form} name="email" />
      <PasswordField form={form} name="password" label={t.password} autoComplete="new-password" />
    </Form>
  );
}

type Texts = ReturnType<typeof useAccountMessages>;

const INVALID = {
  displayName: (t: Texts) => t.problem.nameBad,
  email: (t: Texts) => t.problem.emailBad,
  password: (t: Texts) => t.problem.passwordBad,
};
