import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { admin, type SeenUser } from '../../../client/admin.ts';
import { Avatar } from '../../components/avatar.tsx';
import { Link } from '../../components/link.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useAdminMessages } from '../../i18n/admin-messages.ts';
import { usePage } from '../../page-context.ts';
import { useAsk } from '../ask.ts';
import { loadPages, PER_PAGE } from '../pages.ts';
import { Ago } from '../parts/ago.tsx';
import { More } from '../parts/more.tsx';
import { Empty, PolledView } from '../parts/polled-view.tsx';
import { SectionPage } from '../parts/section-page.tsx';
import { SLOW_POLL_MS, usePolled } from '../polled.ts';
import { nameOf } from './user-name.ts';

/** Milliseconds without typing after which is searched. */
const SETTLED_MS = 300;

/** Everybody with an account, to search. */
export function Users() {
  const t = useAdminMessages();
  const words = t.users;
  const ask = useAsk();
  const typed = useSignal('');
  const pages = useSignal(1);
  const polled = usePolled(async () => {
    const q = typed.peek().trim();
    const page = await loadPages(pages.peek(), (after) =>
      ask((account) =>
        admin.users(account, { query: { limit: PER_PAGE, after, q: q === '' ? undefined : q } }),
      ),
    );
    return { ...page, q };
  }, SLOW_POLL_MS);
  const search = typed.value;
  useEffect(() => {
    // Nothing to do for what is shown already.
    if (search.trim() === (polled.value.peek()?.q ?? '')) return;
    const timer = setTimeout(() => {
      pages.value = 1;
      void polled.refresh();
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [search]);
  return (
    <SectionPage section="users" intro={words.intro}>
      <search class="admin-search">
        <TextField
          label={words.search}
          hint={words.searchHint}
          name="q"
          value={search}
          onInput={(value) => {
            typed.value = value;
          }}
          maxLength={64}
          autoComplete="off"
        />
      </search>
      <PolledView polled={polled} loading={words.loading}>
        {({ items, nextCursor, q }) => (
          <>
            {items.length === 0 && (
              <div role="status">
                {q === '' ? (
                  <Empty title={words.none} text={words.noneText} />
                ) : (
                  <Empty title={words.notFound} text={words.notFoundText} />
                )}
              </div>
            )}
            {items.length > 0 && (
              <ul class="admin-list admin-users">
                {items.map((user) => (
                  <UserItem key={user.id} user={user} />
                ))}
              </ul>
            )}
            <More nextCursor={nextCursor} pages={pages} onMore={polled.refresh} />
          </>
        )}
      </PolledView>
    </SectionPage>
  );
}

function UserItem({ user }: { user: SeenUser }) {
  const words = useAdminMessages().users;
  const { login } = usePage();
  return (
    <li>
      <Avatar name={nameOf(user, '')} seed={user.id} picture={user.avatarUrl} />
      <div>
        <p class="place">
          <Link class="whole-row" to={{ at: 'admin', section: 'users', userId: user.id }}>
            {nameOf(user, words.unnamed)}
          </Link>
          <UserBadges user={user} isSelf={user.id === login.user.value?.id} />
        </p>
        <p class="soft">{user.email ?? words.noEmail}</p>
      </div>
      <p class="soft when">
        <Ago time={user.createdAt} say={words.joined} />
      </p>
    </li>
  );
}

/** Role, and how they sign in if not with a password. */
export function UserBadges({ user, isSelf }: { user: SeenUser; isSelf: boolean }) {
  const words = useAdminMessages().users;
  return (
    <>
      {user.role === 'admin' && <span class="badge">{words.admin}</span>}
      {user.kind !== 'registered' && (
        <span class="badge" data-tone="skip">
          {words[user.kind]}
        </span>
      )}
      {isSelf && (
        <span class="badge" data-tone="skip">
          {words.you}
        </span>
      )}
    </>
  );
}
