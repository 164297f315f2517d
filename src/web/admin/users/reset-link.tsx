import { useSignal } from '@preact/signals';
import { admin } from '../../../client/admin.ts';
import { Icon } from '../../components/icon.tsx';
import { type Failure, failureOf } from '../../failure.ts';
import { useAdminMessages } from '../../i18n/admin-messages.ts';
import { useMessages } from '../../i18n/messages.ts';
import { NewInvitation } from '../../rooms/new-invitation.tsx';
import { useSingleFlight } from '../../single-flight.ts';
import { useAsk } from '../ask.ts';
import { AdminFailure } from '../parts/polled-view.tsx';
import { exactTime } from '../times.ts';

/** Makes the link by which somebody sets a new password, and shows it once. */
export function ResetLink({ userId }: { userId: string }) {
  const words = useAdminMessages().users;
  const { lang } = useMessages();
  const ask = useAsk();
  const made = useSignal<{ readonly url: string; readonly expiresAt: string } | null>(null);
  const failure = useSignal<Failure | null>(null);
  const make = useSingleFlight(async () => {
    failure.value = null;
    try {
      made.value = await ask((account) => admin.resetLink(account, { params: { id: userId } }));
    } catch (error) {
      failure.value = failureOf(error);
    }
  });
  const link = made.value;
  return (
    <section class="admin-card" aria-labelledby="reset-title">
      <h2 id="reset-title">{words.reset}</h2>
      <p>{link === null ? words.resetText : words.resetExpires(exactTime(link.expiresAt, lang))}</p>
      {link !== null && <NewInvitation url={link.url} />}
      {failure.value !== null && <AdminFailure failure={failure.value} />}
      {link === null && (
        <button type="button" class="button small quiet" onClick={() => void make()}>
          <Icon name="link" />
          {words.makeReset}
        </button>
      )}
    </section>
  );
}
