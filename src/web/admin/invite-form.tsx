import { useSignal } from '@preact/signals';
import { FailureNotice } from '../components/notice.tsx';
import { SelectField } from '../components/select-field.tsx';
import { useAdminMessages } from '../i18n/admin-messages.ts';
import { useMessages } from '../i18n/messages.ts';
import { expiryAfter, LASTINGS, NEW_INVITATION, USES } from '../rooms/invitation-values.ts';
import { useSubmission } from '../use-submission.ts';

/** As the server takes it. */
interface InviteRequest {
  readonly uses: number | null;
  readonly expiresAt: string | null;
}

interface InviteFormProps {
  /** @throws what the server refuses with */
  readonly onCreate: (request: InviteRequest) => Promise<void>;
  readonly onCancel: () => void;
}

/** How many people may register by a new invitation, and until when. */
export function InviteForm({ onCreate, onCancel }: InviteFormProps) {
  const t = useMessages();
  const words = t.rooms.invitations;
  const uses = useSignal<(typeof USES)[number]>('1');
  const lasting = useSignal(NEW_INVITATION.lasting);
  const { busy, failure, onSubmit } = useSubmission(() =>
    onCreate({
      uses: uses.peek() === 'any' ? null : Number(uses.peek()),
      expiresAt: expiryAfter(lasting.peek(), Date.now()),
    }),
  );
  return (
    <form class="room-settings" noValidate onSubmit={onSubmit}>
      <SelectField
        label={useAdminMessages().invitations.uses}
        name="uses"
        value={uses.value}
        choices={USES.map((choice) => [choice, choice === 'any' ? words.anyUses : choice])}
        onChange={(choice) => {
          uses.value = choice;
        }}
      />
      <SelectField
        label={words.lasting}
        name="lasting"
        value={lasting.value}
        choices={LASTINGS.map((choice) => [choice, words.lastings[choice]])}
        onChange={(choice) => {
          lasting.value = choice;
        }}
      />
      {failure !== null && <FailureNotice failure={failure} />}
      <div class="choices">
        <button type="submit" class="button" aria-disabled={busy}>
          {busy && <span class="spinner" />}
          {words.create}
        </button>
        <button type="button" class="button quiet" onClick={onCancel}>
          {t.rooms.person.cancel}
        </button>
      </div>
    </form>
  );
}
