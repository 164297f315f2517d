import { useState } from 'preact/hooks';
import { LIMITS, type Room } from '../../client/index.ts';
import { Dialog } from '../components/dialog.tsx';
import { FailureNotice } from '../components/notice.tsx';
import { TextField } from '../components/text-field.tsx';
import { useMessages } from '../i18n/messages.ts';
import { useSubmission } from '../use-submission.ts';

interface RenameDialogProps {
  readonly room: Room;
  readonly onClose: () => void;
  /** Null for no name. */
  readonly onRename: (name: string | null) => Promise<void>;
}

export function RenameDialog({ room, onClose, onRename }: RenameDialogProps) {
  const t = useMessages();
  const [name, setName] = useState(room.name ?? '');
  const { busy, failure, onSubmit } = useSubmission(async () => {
    await onRename(name.trim() || null);
    onClose();
  });
  return (
    <Dialog title={t.rooms.mine.renameTitle} onClose={onClose}>
      <form class="room-settings" noValidate onSubmit={onSubmit}>
        <TextField
          label={t.home.name}
          value={name}
          onInput={setName}
          name="new-name"
          maxLength={LIMITS.roomName.max}
          autoComplete="off"
        />
        {failure !== null && <FailureNotice failure={failure} />}
        <button type="submit" class="button wide" aria-disabled={busy}>
          {busy && <span class="spinner" />}
          {busy ? t.rooms.fields.saving : t.rooms.fields.save}
        </button>
      </form>
    </Dialog>
  );
}
