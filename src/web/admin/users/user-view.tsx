import { useSignal } from '@preact/signals';
import { admin, type SeenUser } from '../../../client/admin.ts';
import { Avatar } from '../../components/avatar.tsx';
import { Icon } from '../../components/icon.tsx';
import { Link } from '../../components/link.tsx';
import { useAdminMessages } from '../../i18n/admin-messages.ts';
import { isolate } from '../../i18n/isolate.ts';
import { usePage } from '../../page-context.ts';
import { useAsk } from '../ask.ts';
import { type Actions, ActionsView, useActions } from '../parts/actions.tsx';
import { Ago } from '../parts/ago.tsx';
import { PolledView } from '../parts/polled-view.tsx';
import { SectionPage } from '../parts/section-page.tsx';
import { type Polled, SLOW_POLL_MS, usePolled } from '../polled.ts';
import { ResetLink } from './reset-link.tsx';
import { UserLogins } from './user-logins.tsx';
import { nameOf } from './user-name.ts';
import { UserBadges } from './users.tsx';

/** One user, and what can be done with the account. */
export function UserView({ userId }: { userId: string }) {
  const t = useAdminMessages();
  const ask = useAsk();
  const polled = usePolled(
    async () => (await ask((account) => admin.user(account, { params: { id: userId } }))).user,
    SLOW_POLL_MS,
  );
  const actions = useActions();
  /** What was the account's name, once it is deleted. */
  const deleted = useSignal('');
  const user = polled.value.value;
  const back = (
    <Link class="admin-back" to={{ at: 'admin', section: 'users' }}>
      <Icon name="arrow" />
      {t.users.all}
    </Link>
  );
  if (deleted.value !== '') {
    return (
      <SectionPage section="users" headline={t.users.removed(deleted.value)} above={back}>
        {null}
      </SectionPage>
    );
  }
  return (
    <SectionPage
      section="users"
      headline={user === null ? t.sections.users : nameOf(user, t.users.unnamed)}
      above={back}
    >
      <ActionsView actions={actions} />
      <PolledView polled={polled} loading={t.users.loading}>
        {(shown) => (
          <User
            user={shown}
            polled={polled}
            actions={actions}
            onDeleted={() => {
              deleted.value = isolate(nameOf(shown, shown.id));
            }}
          />
        )}
      </PolledView>
    </SectionPage>
  );
}

interface UserProps {
  readonly user: SeenUser;
  readonly polled: Polled<SeenUser>;
  readonly actions: Actions;
  readonly onDeleted: () => void;
}

function User({ user, polled, actions, onDeleted }: UserProps) {
  const words = useAdminMessages().users;
  const { login } = usePage();
  const isSelf = user.id === login.user.value?.id;
  return (
    <>
      <div class="admin-user">
        <Avatar name={nameOf(user, '')} seed={user.id} picture={user.avatarUrl} />
        <div>
          <p class="place">
            {user.email ?? words.noEmail}
            <UserBadges user={user} isSelf={isSelf} />
          </p>
          <p class="soft">
            <Ago time={user.createdAt} say={words.joined} /> · {words.id} <code>{user.id}</code>
          </p>
        </div>
      </div>
      {user.kind !== 'guest' && <RoleSection user={user} isSelf={isSelf} polled={polled} actions={actions} />}
      <UserLogins user={user} actions={actions} />
      {user.kind === 'registered' && <ResetLink userId={user.id} />}
      <DeletionSection user={user} isSelf={isSelf} actions={actions} onDeleted={onDeleted} />
    </>
  );
}

type RoleSectionProps = Omit<UserProps, 'onDeleted'> & { readonly isSelf: boolean };

function RoleSection({ user, isSelf, polled, actions }: RoleSectionProps) {
  const words = useAdminMessages().users;
  const { login } = usePage();
  const ask = useAsk();
  const name = isolate(nameOf(user, user.id));
  const set = async (role: 'admin' | null) => {
    await ask((account) => admin.setRole(account, { params: { id: user.id }, body: { role } }));
    if (isSelf) await login.account().token(true);
    else void polled.refresh();
  };
  const isAdmin = user.role === 'admin';
  return (
    <section class="admin-card" aria-labelledby="role-title">
      <h2 id="role-title">{words.role}</h2>
      <p>{isAdmin ? words.isAdmin : words.isNoAdmin}</p>
      <button
        type="button"
        class={isAdmin ? 'button small quiet danger' : 'button small quiet'}
        onClick={() =>
          actions.ask(
            isAdmin
              ? {
                  title: words.demoteAsked(name),
                  text: isSelf ? words.demoteSelfText : words.demoteText,
                  confirm: words.demote,
                  act: () => set(null),
                  done: words.demoted(name),
                }
              : {
                  title: words.promoteAsked(name),
                  text: words.promoteText,
                  confirm: words.promote,
                  danger: false,
                  act: () => set('admin'),
                  done: words.promoted(name),
                },
          )
        }
      >
        {isAdmin ? words.demote : words.promote}
      </button>
    </section>
  );
}

type DeletionSectionProps = Omit<UserProps, 'polled'> & { readonly isSelf: boolean };

function DeletionSection({ user, isSelf, actions, onDeleted }: DeletionSectionProps) {
  const words = useAdminMessages().users;
  const ask = useAsk();
  const name = isolate(nameOf(user, user.id));
  return (
    <section class="admin-card" aria-labelledby="remove-title">
      <h2 id="remove-title">{words.remove}</h2>
      <p>{isSelf ? words.removeOwn : words.removeText}</p>
      {isSelf ? (
        <Link class="button small quiet" to={{ at: 'account', section: 'delete' }}>
          {words.toAccount}
        </Link>
      ) : (
        <button
          type="button"
          class="button small quiet danger"
          onClick={() =>
            actions.ask({
              title: words.removeAsked(name),
              text: words.removeText,
              confirm: words.removeConfirm,
              async act() {
                await ask((account) => admin.deleteUser(account, { params: { id: user.id }, body: {} }));
                onDeleted();
              },
              done: '',
            })
          }
        >
          {words.removeConfirm}
        </button>
      )}
    </section>
  );
}
