import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { type RoomInvitation, rooms as server } from '../../client/index.ts';
import { ConfirmDialog } from '../components/confirm-dialog.tsx';
import { Dialog } from '../components/dialog.tsx';
import { Icon } from '../components/icon.tsx';
import { useMessages } from '../i18n/messages.ts';
import { usePage } from '../page-context.ts';
import { createHostList } from './host-list.ts';
import { HostListState } from './host-list-state.tsx';
import { InvitationForm } from './invitation-form.tsx';
import { deniedBy, invitationRequestOf, isUsedUp } from './invitation-values.ts';
import { NewInvitation } from './new-invitation.tsx';

interface InvitationsProps {
  readonly roomId: string;
  readonly onClose: () => void;
}

/** The invitation links of a call, for its hosts: make one, see who came by it, revoke it. */
export function Invitations({ roomId, onClose }: InvitationsProps) {
  const t = useMessages();
  const words = t.rooms.invitations;
  const { login } = usePage();
  const list = useMemo(
    () =>
      createHostList<RoomInvitation>({
        idOf: ({ id }) => id,
        list: () => login.as((account) => server.invitations.list(account, roomId)),
        remove: (id) => login.as((account) => server.invitations.remove(account, roomId, id)),
      }),
    [roomId],
  );
  useEffect(() => void list.load(), [list]);
  const making = useSignal(false);
  /** The link that was just made. Nobody can get it again. */
  const made = useSignal<string | null>(null);
  const revoking = useSignal<RoomInvitation | null>(null);
  const { value: asked } = revoking;
  const items = list.items.value;
  if (making.value) {
    return (
      <Dialog key="new" title={words.newTitle} onClose={onClose}>
        <InvitationForm
          onCancel={() => {
            making.value = false;
          }}
          onCreate={async (values) => {
            const { url } = await login.as((account) =>
              server.invitations.create(account, roomId, invitationRequestOf(values, Date.now())),
            );
            made.value = url;
            making.value = false;
            void list.load();
          }}
        />
      </Dialog>
    );
  }
  return (
    <Dialog key="list" title={words.title} onClose={onClose}>
      {made.value === null ? <p class="soft">{words.text}</p> : <NewInvitation url={made.value} />}
      <button
        type="button"
        class={made.value === null ? 'button' : 'button quiet'}
        onClick={() => {
          made.value = null;
          making.value = true;
        }}
      >
        <Icon name="link" />
        {words.make}
      </button>
      <HostListState list={list} loading={words.loading} none={words.none} />
      {items !== null && items.length > 0 && (
        <ul class="host-list" aria-label={words.title}>
          {items.map((invitation) => (
            <InvitationItem
              key={invitation.id}
              invitation={invitation}
              onRevoke={() => {
                revoking.value = invitation;
              }}
            />
          ))}
        </ul>
      )}
      {asked !== null && (
        <ConfirmDialog
          title={words.revokeAsked}
          text={words.revokeText}
          confirm={words.revoke}
          onClose={() => {
            revoking.value = null;
          }}
          onConfirm={async () => {
            await list.remove(asked);
          }}
        />
      )}
    </Dialog>
  );
}

interface InvitationItemProps {
  readonly invitation: RoomInvitation;
  readonly onRevoke: () => void;
}

function InvitationItem({ invitation, onRevoke }: InvitationItemProps) {
  const t = useMessages();
  const words = t.rooms.invitations;
  const { host, skipKnock, uses, used, expiresAt, createdAt } = invitation;
  const when = (time: string) =>
    new Date(time).toLocaleString(t.lang, { dateStyle: 'medium', timeStyle: 'short' });
  const denied = deniedBy(invitation).map((kind) => t.rooms.person.maySend[kind]);
  const facts = [
    uses === null ? words.usedBy(used) : words.usedOf(used, uses),
    !host && (skipKnock ? words.noWait : words.waits),
    denied.length > 0 && words.without(denied.join(', ').toLocaleLowerCase(t.lang)),
    expiresAt === null ? words.neverExpires : words.expires(when(expiresAt)),
  ];
  const created = words.created(when(createdAt));
  return (
    <li>
      <div>
        <p class="place">
          {host ? words.forHost : words.forGuest}
          {isUsedUp(invitation) && <span class="badge">{words.usedUp}</span>}
        </p>
        <p class="soft">{facts.filter((fact) => typeof fact === 'string').join(' · ')}</p>
        <p class="soft">{created}</p>
      </div>
      <button type="button" class="button small quiet" onClick={onRevoke}>
        {words.revoke}
        <span class="visually-hidden">, {created}</span>
      </button>
    </li>
  );
}
