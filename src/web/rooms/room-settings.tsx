import { useState } from 'preact/hooks';
import type { Room, RoomChange } from '../../client/index.ts';
import { Dialog } from '../components/dialog.tsx';
import { FailureNotice } from '../components/notice.tsx';
import { useMessages } from '../i18n/messages.ts';
import { useSubmission } from '../use-submission.ts';
import { RoomFields } from './room-fields.tsx';
import { changeOf, valuesOf } from './room-values.ts';
import { useRoomForm } from './use-room-form.ts';

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
  const { check, ...fields } = useRoomForm(valuesOf(seen));
  const { busy, failure, onSubmit } = useSubmission(() => (check() ? save() : undefined));
  async function save(): Promise<void> {
    const change = changeOf(seen, fields.values.value);
    if (Object.keys(change).length > 0) await onSave(change);
    onClose();
  }
  return (
    <Dialog title={t.rooms.all.settings} onClose={onClose}>
      <form class="room-settings" noValidate onSubmit={onSubmit}>
        <RoomFields {...fields} canKeep={canKeep} hasPassword={seen.hasPassword} />
        {failure !== null && <FailureNotice failure={failure} />}
        <button type="submit" class="button wide" aria-disabled={busy}>
          {busy && <span class="spinner" />}
          {busy ? words.saving : words.save}
        </button>
      </form>
    </Dialog>
  );
}
