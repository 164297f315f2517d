import { useSignal } from '@preact/signals';
import { useRef, useState } from 'preact/hooks';
import { type CreatedRoom, LIMITS } from '../../client/index.ts';
import { Icon } from '../components/icon.tsx';
import { FailureNotice } from '../components/notice.tsx';
import { type Failure, failureOf } from '../failure.ts';
import { useMessages } from '../i18n/messages.ts';
import type { RoomAccess } from '../login.ts';
import { RoomFields } from '../rooms/room-fields.tsx';
import { isPasswordShort, NEW_ROOM, requestOf } from '../rooms/room-values.ts';
import { useSingleFlight } from '../single-flight.ts';

interface StartFormProps {
  readonly login: RoomAccess;
  /** Whether this person may keep calls; guests may not. */
  readonly canKeep: boolean;
  readonly onCreated: (created: CreatedRoom, password: string) => void;
}

export function StartForm({ login, canKeep, onCreated }: StartFormProps) {
  const t = useMessages();
  const values = useSignal(NEW_ROOM);
  const problem = useSignal('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const passwordInput = useRef<HTMLInputElement>(null);

  const start = useSingleFlight(async () => {
    if (isPasswordShort(values.value)) {
      problem.value = t.home.passwordShort(LIMITS.password.min);
      passwordInput.current?.focus();
      return;
    }
    setBusy(true);
    setFailure(null);
    try {
      const chosen = values.value;
      onCreated(await login.createRoom(requestOf(chosen)), chosen.password);
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
          <RoomFields {...{ values, problem, passwordInput, canKeep }} />
        </div>
      </details>
    </form>
  );
}
