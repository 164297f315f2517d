import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AccountLogin } from '../../client/index.ts';
import { FailureNotice } from '../components/notice.tsx';
import { type Failure, failureOf } from '../failure.ts';
import { useAccountMessages } from '../i18n/account-messages.ts';
import { useMessages } from '../i18n/messages.ts';
import { usePage } from '../page-context.ts';
import { timeAgo } from '../relative-time.ts';
import { HOME } from '../routes.ts';
import { useSingleFlight } from '../single-flight.ts';
import { browserIn } from './browser-in.ts';

type Said = 'ended' | 'endedOthers';

/** Where the person is signed in, with ways to end each of these logins. */
export function LoginList() {
  const t = useAccountMessages();
  const { tryAgain } = useMessages().lobby;
  const { login, navigation } = usePage();
  const logins = useSignal<readonly AccountLogin[] | null>(null);
  const failure = useSignal<Failure | null>(null);
  const busy = useSignal('');
  const said = useSignal<Said | null>(null);

  const load = async () => {
    logins.value = await login.account().logins.list();
  };
  const act = useSingleFlight(async (what: string, work: () => Promise<unknown>, done: Said | null) => {
    busy.value = what;
    failure.value = null;
    said.value = null;
    try {
      await work();
      if (login.user.peek() === null) return;
      await load();
      said.value = done;
    } catch (error) {
      failure.value = failureOf(error);
    } finally {
      busy.value = '';
    }
  });
  useEffect(() => void act('list', load, null), []);

  const { value: list } = logins;
  const others = list?.filter(({ current }) => !current) ?? [];
  const end = ({ id, current }: AccountLogin) => {
    if (!current) return act(id, () => endQuietly(id), 'ended');
    navigation.go(HOME);
    return login.signOut();
  };
  /** It may have ended meanwhile. */
  const endQuietly = (id: string) =>
    login
      .account()
      .logins.end(id)
      .catch((error: unknown) => {
        if (failureOf(error).code !== 'not_found') throw error;
      });

  return (
    <div class="logins">
      {list === null && failure.value === null && (
        <p class="loading soft" role="status">
          <span class="spinner" />
          {t.logins.loading}
        </p>
      )}
      {list !== null && (
        <ul>
          {[...list]
            .sort((a, b) => Number(b.current) - Number(a.current) || b.lastUsedAt.localeCompare(a.lastUsedAt))
            .map((each) => (
              <LoginItem
                key={each.id}
                login={each}
                busy={busy.value === each.id}
                onEnd={() => void end(each)}
              />
            ))}
        </ul>
      )}
      {failure.value !== null && <FailureNotice failure={failure.value} />}
      {list === null && failure.value !== null && (
        <button type="button" class="button quiet" onClick={() => void act('list', load, null)}>
          {tryAgain}
        </button>
      )}
      <p class="done" role="status">
        {said.value === null ? list !== null && others.length === 0 && t.logins.only : t.logins[said.value]}
      </p>
      {others.length > 0 && (
        <div class="submit">
          <button
            type="button"
            class="button quiet"
            aria-disabled={busy.value !== ''}
            onClick={() =>
              void act('others', () => Promise.all(others.map(({ id }) => endQuietly(id))), 'endedOthers')
            }
          >
            {busy.value === 'others' && <span class="spinner" />}
            {t.logins.endOthers}
          </button>
          <button
            type="button"
            class="button quiet"
            aria-disabled={busy.value !== ''}
            onClick={() => void act('all', () => login.account().logins.endAll(), null)}
          >
            {busy.value === 'all' && <span class="spinner" />}
            {t.logins.endAll}
          </button>
        </div>
      )}
    </div>
  );
}

interface LoginItemProps {
  readonly login: AccountLogin;
  readonly busy: boolean;
  readonly onEnd: () => void;
}

function LoginItem({ login: { userAgent, current, createdAt, lastUsedAt }, busy, onEnd }: LoginItemProps) {
  const t = useAccountMessages();
  const { lang } = useMessages();
  const { browser, system } = browserIn(userAgent ?? '');
  const place =
    browser === '' ? system || t.logins.unknown : system === '' ? browser : t.logins.on(browser, system);
  const now = Date.now();
  const since = timeAgo(createdAt, now, lang) ?? t.logins.justNow;
  const used = timeAgo(lastUsedAt, now, lang) ?? t.logins.justNow;
  const when = [t.logins.since(since), used !== since && t.logins.used(used)];
  return (
    <li>
      <div>
        <p class="place">
          {place}
          {current && <span class="badge">{t.logins.current}</span>}
        </p>
        <p class="soft">{when.filter(Boolean).join(', ')}</p>
      </div>
      <button
        type="button"
        class="button quiet"
        aria-label={t.logins.endOf(current ? `${place}, ${t.logins.current}` : place)}
        aria-disabled={busy}
        onClick={onEnd}
      >
        {busy && <span class="spinner" />}
        {t.logins.end}
      </button>
    </li>
  );
}
