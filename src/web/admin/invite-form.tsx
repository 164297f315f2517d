import { useSignal } from '@preact/signals';
import { FailureNotice } from '../components/notice.tsx';
import { useAdminMessages } from '../i18n/admin-messages.ts';
import { useMessages } from '../i18n/messages.ts';
import { InvitationLimits, type InvitationLimitValues } from '../rooms/invitation-limits.tsx';
import { expiryAfter, NEW_INVITATION } from '../rooms/invitation-values.ts';
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
  const values = useSignal<InvitationLimitValues>({ uses: '1', lasting: NEW_INVITATION.lasting });
  const { busy, failure, onSubmit } = useSubmission(() => {
    const { uses, lasting } = values.peek();
    return onCreate({
      uses: uses === 'any' ? null : Number(uses),
      expiresAt: expiryAfter(lasting, Date.now()),
    });
  });
  return (
    <form class="room-settings" noValidate onSubmit={onSubmit}>
      <InvitationLimits
        values={values.value}
        usesLabel={useAdminMessages().invitations.uses}
        onChange={(change) => {
          values.value = { ...values.peek(), ...change };
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
