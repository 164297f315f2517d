import { useState } from 'preact/hooks';
import { useMessages } from '../i18n/messages.ts';
import { useSingleFlight } from '../single-flight.ts';
import { Dialog } from './dialog.tsx';

interface ConfirmDialogProps {
  readonly title: string;
  readonly text: string;
  /** What the button that does it says. */
  readonly confirm: string;
  readonly onClose: () => void;
  readonly onConfirm: () => Promise<void>;
}

/** Asks before something that can't be undone. Closes once it is done. */
export function ConfirmDialog({ title, text, confirm, onClose, onConfirm }: ConfirmDialogProps) {
  const t = useMessages();
  const [busy, setBusy] = useState(false);
  const act = useSingleFlight(async () => {
    setBusy(true);
    await onConfirm();
    onClose();
  });
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <div class="choices">
        <button type="button" class="button danger" aria-disabled={busy} onClick={() => void act()}>
          {busy && <span class="spinner" />}
          {confirm}
        </button>
        <button type="button" class="button quiet" onClick={onClose}>
          {t.rooms.person.cancel}
        </button>
      </div>
    </Dialog>
  );
}
