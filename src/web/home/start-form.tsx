import type { CreatedRoom } from '../../client/index.ts';
import { Icon } from '../components/icon.tsx';
import { FailureNotice } from '../components/notice.tsx';
import { useMessages } from '../i18n/messages.ts';
import type { RoomAccess } from '../room-access.ts';
import { RoomFields } from '../rooms/room-fields.tsx';
import { NEW_ROOM, requestOf } from '../rooms/room-values.ts';
import { useRoomForm } from '../rooms/use-room-form.ts';
import { useSubmission } from '../use-submission.ts';

interface StartFormProps {
  readonly login: RoomAccess;
  /** Whether this person may keep calls; guests may not. */
  readonly canKeep: boolean;
  readonly onCreated: (created: CreatedRoom, password: string) => void;
}

export function StartForm({ login, canKeep, onCreated }: StartFormProps) {
  const t = useMessages();
  const { check, ...fields } = useRoomForm(NEW_ROOM);
  const { busy, failure, onSubmit } = useSubmission(() => (check() ? start() : undefined));
  async function start(): Promise<void> {
    const chosen = fields.values.value;
    onCreated(await login.createRoom(requestOf(chosen)), chosen.password);
  }

  return (
    <form class="start" onSubmit={onSubmit} noValidate>
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
          <RoomFields {...fields} canKeep={canKeep} />
        </div>
      </details>
    </form>
  );
}
