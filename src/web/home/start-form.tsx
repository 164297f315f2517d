import { type Signal, useSignal } from '@preact/signals';
import { useRef, useState } from 'preact/hooks';
import { type CreatedRoom, LIMITS } from '../../client/index.ts';
import { Icon } from '../components/icon.tsx';
import { FailureNotice } from '../components/notice.tsx';
import { TextField } from '../components/text-field.tsx';
import { type Failure, failureOf } from '../failure.ts';
import { useMessages } from '../i18n/messages.ts';
import type { RoomAccess } from '../login.ts';
import { useSingleFlight } from '../single-flight.ts';

interface StartFormProps {
  readonly login: RoomAccess;
  readonly onCreated: (created: CreatedRoom, password: string) => void;
}

export function StartForm({ login, onCreated }: StartFormProps) {
  const t = useMessages();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  // A signal, not state: Enter changes the number and submits the form before the next render.
  const max = useSignal(LIMITS.people.default);
  const [problem, setProblem] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const passwordInput = useRef<HTMLInputElement>(null);

  const start = useSingleFlight(async () => {
    // The server counts code points.
    if (password !== '' && [...password].length < LIMITS.password.min) {
      setProblem(t.home.passwordShort(LIMITS.password.min));
      passwordInput.current?.focus();
      return;
    }
    setBusy(true);
    setFailure(null);
    try {
      const named = name.trim() === '' ? {} : { name: name.trim() };
      const guarded = password === '' ? {} : { password };
      onCreated(await login.createRoom({ ...named, ...guarded, max: max.value }), password);
    } catch (error) {
      setFailure(failureOf(error));
      setBusy(false);
    }
  });

  return (
    <form
      class="start"
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
      noValidate
    >
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
            maxLength={LIMITS.roomName.max}
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
            hint={t.home.passwordHint(LIMITS.password.min)}
            problem={problem}
            maxLength={LIMITS.password.max}
            autoComplete="new-password"
            inputRef={passwordInput}
          />
          <MaxField max={max} />
        </div>
      </details>
    </form>
  );
}

function MaxField({ max }: { max: Signal<number> }) {
  const t = useMessages();
  const { min, max: most } = LIMITS.people;
  return (
    <div class="field">
      <label for="call-max">{t.home.max}</label>
      <input
        id="call-max"
        class="input"
        type="number"
        inputMode="numeric"
        min={min}
        max={most}
        value={max.value}
        aria-describedby="call-max-hint"
        onChange={(event) => {
          const { valueAsNumber } = event.currentTarget;
          const wanted = Number.isNaN(valueAsNumber) ? LIMITS.people.default : Math.round(valueAsNumber);
          max.value = Math.min(most, Math.max(min, wanted));
          // Without a change of the signal nothing renders, and the field would keep what was typed.
          event.currentTarget.value = String(max.value);
        }}
      />
      <p class="hint" id="call-max-hint">
        {t.home.maxHint(min, most)}
      </p>
    </div>
  );
}
