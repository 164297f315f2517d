import { useSignal } from '@preact/signals';
import { FailureNotice } from '../components/notice.tsx';
import { Switch } from '../components/switch.tsx';
import { useMessages } from '../i18n/messages.ts';
import { useSubmission } from '../use-submission.ts';
import { InvitationLimits } from './invitation-limits.tsx';
import { type InvitationValues, NEW_INVITATION, SEND_KINDS } from './invitation-values.ts';

interface InvitationFormProps {
  /** @throws what the server refuses with */
  readonly onCreate: (values: InvitationValues) => Promise<void>;
  readonly onCancel: () => void;
}

/** What a new invitation gives to whoever comes by it. */
export function InvitationForm({ onCreate, onCancel }: InvitationFormProps) {
  const t = useMessages();
  const words = t.rooms.invitations;
  const values = useSignal(NEW_INVITATION);
  const { busy, failure, onSubmit } = useSubmission(() => onCreate(values.peek()));
  const now = values.value;
  const set = (change: Partial<InvitationValues>) => {
    values.value = { ...values.peek(), ...change };
  };
  return (
    <form class="room-settings" noValidate onSubmit={onSubmit}>
      <Switch label={words.asHost} hint={words.asHostHint} on={now.host} onChange={(host) => set({ host })} />
      <Switch
        label={words.skipKnock}
        hint={words.skipKnockHint}
        on={now.skipKnock || now.host}
        disabled={now.host}
        onChange={(skipKnock) => set({ skipKnock })}
      />
      <fieldset class="checks">
        <legend>{words.may}</legend>
        {SEND_KINDS.map((kind) => (
          <label key={kind} class="check">
            <input
              type="checkbox"
              checked={now.send.includes(kind)}
              onChange={({ currentTarget }) =>
                set({
                  send: SEND_KINDS.filter((one) =>
                    one === kind ? currentTarget.checked : now.send.includes(one),
                  ),
                })
              }
            />
            {t.rooms.person.maySend[kind]}
          </label>
        ))}
      </fieldset>
      <InvitationLimits values={now} usesLabel={words.uses} onChange={set} />
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
