import { useSignal } from '@preact/signals';
import { useRef, useState } from 'preact/hooks';
import { LIMITS, type Room, type RoomChange } from '../../client/index.ts';
import { Dialog } from '../components/dialog.tsx';
import { FailureNotice } from '../components/notice.tsx';
import { type Failure, failureOf } from '../failure.ts';
import { useMessages } from '../i18n/messages.ts';
import { useSingleFlight } from '../single-flight.ts';
import { RoomFields } from './room-fields.tsx';
import { changeOf, isPasswordShort, valuesOf } from './room-values.ts';

interface RoomSettingsProps {
  readonly room: Room;
  readonly canKeep: boolean;
  readonly onSave: (change: RoomChange) => Promise<unknown>;
  readonly onClose: () => void;
}

/** What can be changed about a call once it exists. */
export function RoomSettings({ room, canKeep, onSave, onClose }: RoomSettingsProps) {
  const t = useMessages();
  const words = t.rooms.fields;
  // What the person saw at first: another host may change the room while the dialog is open.
  const [seen] = useState(room);
  const values = useSignal(valuesOf(seen));
  const problem = useSignal('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const passwordInput = useRef<HTMLInputElement>(null);
  const save = useSingleFlight(async () => {
    if (isPasswordShort(values.value)) {
      problem.value = t.home.passwordShort(LIMITS.password.min);
      passwordInput.current?.focus();
      return;
    }
    setBusy(true);
    setFailure(null);
    try {
      const change = changeOf(seen, values.value);
      if (Object.keys(change).length > 0) await onSave(change);
      onClose();
    } catch (error) {
      setFailure(failureOf(error));
      setBusy(false);
    }
  });
  return (
    <Dialog title={t.rooms.all.settings} onClose={onClose}>
      <form
        class="room-settings"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <RoomFields {...{ values, problem, passwordInput, canKeep }} hasPassword={seen.hasPassword} />
        {failure !== null && <FailureNotice failure={failure} />}
        <button type="submit" class="button wide" aria-disabled={busy}>
          {busy && <span class="spinner" />}
          {busy ? words.saving : words.save}
        </button>
      </form>
    </Dialog>
  );
}
