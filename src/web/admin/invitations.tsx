import { useSignal } from '@preact/signals';
import { admin, type RegistrationInvite } from '../../client/admin.ts';
import { Dialog } from '../components/dialog.tsx';
import { Icon } from '../components/icon.tsx';
import { type AdminMessages, useAdminMessages } from '../i18n/admin-messages.ts';
import { useMessages } from '../i18n/messages.ts';
import { usePage } from '../page-context.ts';
import { isUsedUp } from '../rooms/invitation-values.ts';
import { NewInvitation } from '../rooms/new-invitation.tsx';
import { useAsk } from './ask.ts';
import { InviteForm } from './invite-form.tsx';
import { ActionsView, useActions } from './parts/actions.tsx';
import { Ago } from './parts/ago.tsx';
import { Empty, PolledView } from './parts/polled-view.tsx';
import { SectionPage } from './parts/section-page.tsx';
import { SLOW_POLL_MS, usePolled } from './polled.ts';

/** Invitations to register: make one, see how often it was used, revoke it. */
export function Invitations() {
  const t = useAdminMessages();
  const words = t.invitations;
  const common = useMessages().rooms.invitations;
  const { settings } = usePage();
  const ask = useAsk();
  const polled = usePolled(async () => (await ask(admin.invites)).items, SLOW_POLL_MS);
  const actions = useActions();
  const making = useSignal(false);
  /** The link that was just made. Nobody can get it again. */
  const made = useSignal<string | null>(null);
  const stopMaking = () => {
    making.value = false;
  };
  return (
    <SectionPage
      section="invitations"
      intro={words.intro}
      action={
        <button
          type="button"
          class="button"
          onClick={() => {
            made.value = null;
            making.value = true;
          }}
        >
          <Icon name="link" />
          {common.make}
        </button>
      }
    >
      {settings.registration !== 'invite' && <p class="notice">{words[settings.registration]}</p>}
      {made.value !== null && <NewInvitation url={made.value} />}
      <ActionsView actions={actions} />
      <PolledView polled={polled} loading={common.loading}>
        {(invites) =>
          invites.length === 0 ? (
            <Empty title={words.none} text={words.noneText} />
          ) : (
            <ul class="admin-list">
              {invites.map((invite) => (
                <InviteItem
                  key={invite.id}
                  invite={invite}
                  onRevoke={() =>
                    actions.ask({
                      title: common.revokeAsked,
                      text: words.revokeText,
                      confirm: common.revoke,
                      async act() {
                        await ask((account) => admin.deleteInvite(account, { params: { id: invite.id } }));
                        void polled.refresh();
                      },
                      done: words.revoked,
                    })
                  }
                />
              ))}
            </ul>
          )
        }
      </PolledView>
      {making.value && (
        <Dialog title={common.newTitle} onClose={stopMaking}>
          <InviteForm
            onCancel={stopMaking}
            onCreate={async (request) => {
              made.value = (await ask((account) => admin.createInvite(account, { body: request }))).url;
              stopMaking();
              void polled.refresh();
            }}
          />
        </Dialog>
      )}
    </SectionPage>
  );
}

interface InviteItemProps {
  readonly invite: RegistrationInvite;
  readonly onRevoke: () => void;
}

function InviteItem({ invite, onRevoke }: InviteItemProps) {
  const t = useAdminMessages();
  const common = useMessages().rooms.invitations;
  const { uses, used, createdAt, expiresAt } = invite;
  const state = stateOf(invite, Date.now(), t, common.usedUp);
  return (
    <li>
      <div>
        <p class="place">
          {uses === null ? t.invitations.forAny : t.invitations.forSome(uses)}
          {state !== null && (
            <span class="badge" data-tone="skip">
              {state}
            </span>
          )}
        </p>
        <p class="soft">
          {uses === null ? t.invitations.usedBy(used) : common.usedOf(used, uses)} ·{' '}
          <Ago time={createdAt} say={t.invitations.created} />
          {' · '}
          {expiresAt === null ? common.neverExpires : <Ago time={expiresAt} say={t.invitations.expires} />}
        </p>
      </div>
      <button type="button" class="button small quiet danger" onClick={onRevoke}>
        {common.revoke}
      </button>
    </li>
  );
}

/** Why an invitation can't be used any more; null if it can. */
function stateOf(invite: RegistrationInvite, now: number, t: AdminMessages, usedUp: string): string | null {
  if (invite.expiresAt !== null && Date.parse(invite.expiresAt) <= now) return t.invitations.expired;
  return isUsedUp(invite) ? usedUp : null;
}
