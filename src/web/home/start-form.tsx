import { useRef, useState } from 'preact/hooks';
import type { CreatedRoom } from '../../client/index.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Icon } from '../components/icon.tsx';
import { TextField } from '../components/text-field.tsx';
import { useMessages } from '../i18n/messages.ts';
import { type Failure, failureOf, type Session } from '../session.ts';

const LEAST_PASSWORD = 8;
const CHOICES_OF_MAX = [2, 3, 4, 5, 6, 7, 8, 10, 12, 16];
const STANDARD_MAX = 8;

interface StartFormProps {
  readonly session: Session;
  readonly onCreated: (created: CreatedRoom, password: string) => void;
}

export function StartForm({ session, onCreated }: StartFormProps) {
  const t = useMessages();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [max, setMax] = useState(STANDARD_MAX);
  const [problem, setProblem] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const passwordInput = useRef<HTMLInputElement>(null);

  const start = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    if (password !== '' && password.length < LEAST_PASSWORD) {
      setProblem(t.home.passwordShort);
      passwordInput.current?.focus();
      return;
    }
    setBusy(true);
    setFailure(null);
    try {
      const named = name.trim() === '' ? {} : { name: name.trim() };
      const guarded = password === '' ? {} : { password };
      onCreated(await session.createRoom({ ...named, ...guarded, max }), password);
    } catch (error) {
      setFailure(failureOf(error));
      setBusy(false);
    }
  };

  return (
    <form class="start" onSubmit={start} noValidate>
      {failure !== null && <FailureNotice failure={failure} />}
      <button type="submit" class="button large" aria-disabled={busy}>
        {busy ? <span class="spinner" /> : <Icon name="camera" />}
        {busy ? t.home.starting : t.home.start}
      </button>
      <details class="options">
        <summary>
          {t.home.options}
          <Icon name="chevron" />
        </summary>
        <div class="panel">
          <TextField
            label={t.home.name}
            value={name}
            onInput={setName}
            name="call-name"
            placeholder={t.home.namePlaceholder}
            maxLength={100}
            autoComplete="off"
          />
          <TextField
            label={t.home.password}
            secret
            value={password}
            onInput={(value) => {
              setPassword(value);
              setProblem('');
            }}
            name="call-password"
            hint={t.home.passwordHint}
            problem={problem}
            maxLength={128}
            autoComplete="new-password"
            inputRef={passwordInput}
          />
          <MaxField value={max} onChange={setMax} />
        </div>
      </details>
    </form>
  );
}

function MaxField({ value, onChange }: { value: number; onChange: (max: number) => void }) {
  const t = useMessages();
  return (
    <div class="field">
      <label for="call-max">{t.home.max}</label>
      <div class="select">
        <select
          id="call-max"
          class="input"
          value={value}
          onChange={(event) => onChange(Number(event.currentTarget.value))}
        >
          {CHOICES_OF_MAX.map((choice) => (
            <option key={choice} value={choice}>
              {t.people(choice)}
            </option>
          ))}
        </select>
        <Icon name="chevron" />
      </div>
    </div>
  );
}
