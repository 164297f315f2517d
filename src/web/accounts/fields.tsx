import { useEffect, useState } from 'preact/hooks';
import { LIMITS } from '../../client/index.ts';
import { Icon } from '../components/icon.tsx';
import { TextField } from '../components/text-field.tsx';
import { useAccountMessages } from '../i18n/account-messages.ts';
import type { FormModel } from './form-model.ts';

interface FieldProps<Name extends string> {
  readonly form: FormModel<Name>;
  readonly name: Name;
  readonly label: string;
  readonly hint?: string;
}

/** What a field of a form needs of its model. */
export function fieldOf<Name extends string>(form: FormModel<Name>, name: Name, hint?: string) {
  const problem = form.problems.value[name] ?? '';
  return {
    name,
    value: form.values.value[name],
    problem,
    // The problem says again what the hint said.
    hint: problem === '' ? hint : undefined,
    onInput: (value: string) => form.change(name, value),
  };
}

/** The e-mail address that one signs in with: password managers store it as the user name. */
export function EmailField<Name extends string>({ form, name }: Pick<FieldProps<Name>, 'form' | 'name'>) {
  const t = useAccountMessages();
  return <TextField {...fieldOf(form, name)} label={t.email} type="email" autoComplete="username" />;
}

interface PasswordFieldProps<Name extends string> extends FieldProps<Name> {
  readonly autoComplete: 'current-password' | 'new-password';
}

/** A password that can be made visible. It is hidden again when it is sent, so that no browser stores it as a text. */
export function PasswordField<Name extends string>({ form, name, label, ...rest }: PasswordFieldProps<Name>) {
  const t = useAccountMessages();
  const [shown, setShown] = useState(false);
  const busy = form.busy.value;
  useEffect(() => {
    if (busy) setShown(false);
  }, [busy]);
  const { hint = rest.autoComplete === 'new-password' ? t.passwordHint(LIMITS.password.min) : undefined } =
    rest;
  return (
    <TextField
      {...fieldOf(form, name, hint)}
      label={label}
      secret={!shown}
      autoComplete={rest.autoComplete}
      action={
        <button type="button" class="round reveal" aria-pressed={shown} onClick={() => setShown(!shown)}>
          <Icon name={shown ? 'eyeOff' : 'eye'} />
          <span class="visually-hidden">{t.showPassword}</span>
        </button>
      }
    />
  );
}

/** Tells the password manager whose password a form is about. */
export function HiddenUsername({ email }: { email: string | null }) {
  if (email === null) return null;
  return <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />;
}

interface TextAreaProps<Name extends string> extends FieldProps<Name> {
  readonly note?: string;
  readonly rows: number;
}

export function TextAreaField<Name extends string>({ form, name, label, note, rows }: TextAreaProps<Name>) {
  const { value, problem, onInput } = fieldOf(form, name);
  const id = `field-${name}`;
  return (
    <div class="field">
      <label for={id}>
        {label}
        {note !== undefined && <span class="note"> ({note})</span>}
      </label>
      <textarea
        id={id}
        class="input"
        name={name}
        rows={rows}
        value={value}
        aria-invalid={problem !== ''}
        aria-describedby={problem === '' ? undefined : `${id}-problem`}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {problem !== '' && (
        <p class="field-problem" id={`${id}-problem`} role="alert">
          <Icon name="alert" />
          {problem}
        </p>
      )}
    </div>
  );
}
