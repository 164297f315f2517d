import { admin, type LoginEntry, type SeenUser } from '../../../client/admin.ts';
import { browserIn } from '../../accounts/browser-in.ts';
import { type AccountMessages, useAccountMessages } from '../../i18n/account-messages.ts';
import { useAdminMessages } from '../../i18n/admin-messages.ts';
import { isolate } from '../../i18n/isolate.ts';
import { useAsk } from '../ask.ts';
import type { Actions } from '../parts/actions.tsx';
import { Ago } from '../parts/ago.tsx';
import { PolledView } from '../parts/polled-view.tsx';
import { SLOW_POLL_MS, usePolled } from '../polled.ts';
import { nameOf } from './user-name.ts';

/** Where somebody is signed in; each of these logins can be ended. */
export function UserLogins({ user, actions }: { user: SeenUser; actions: Actions }) {
  const words = useAdminMessages().users;
  const ask = useAsk();
  const polled = usePolled(
    async () => (await ask((account) => admin.logins(account, { params: { id: user.id } }))).items,
    SLOW_POLL_MS,
  );
  const change = async (act: Promise<unknown>) => {
    await act;
    void polled.refresh();
  };
  const name = isolate(nameOf(user, user.id));
  return (
    <section class="admin-card" aria-labelledby="logins-title">
      <h2 id="logins-title">{words.logins}</h2>
      <PolledView polled={polled} loading={words.loginsLoading}>
        {(logins) =>
          logins.length === 0 ? (
            <p class="soft">{words.noLogins}</p>
          ) : (
            <>
              <ul class="admin-list">
                {[...logins]
                  .sort((a, b) => b.lastUsedAt.localeCompare(a.lastUsedAt))
                  .map((login) => (
                    <LoginItem
                      key={login.id}
                      login={login}
                      onEnd={(place) =>
                        actions.ask({
                          title: words.endLoginAsked(place),
                          text: words.endLoginText,
                          confirm: words.endLogin,
                          act: () =>
                            change(
                              ask((account) =>
                                admin.endLogin(account, { params: { id: user.id, loginId: login.id } }),
                              ),
                            ),
                          done: words.loginEnded,
                        })
                      }
                    />
                  ))}
              </ul>
              <button
                type="button"
                class="button small quiet danger"
                onClick={() =>
                  actions.ask({
                    title: words.endLoginsAsked(name),
                    text: words.endLoginsText,
                    confirm: words.endLogins,
                    act: () =>
                      change(ask((account) => admin.endLogins(account, { params: { id: user.id } }))),
                    done: words.loginsEnded,
                  })
                }
              >
                {words.endLogins}
              </button>
            </>
          )
        }
      </PolledView>
    </section>
  );
}

interface LoginItemProps {
  readonly login: LoginEntry;
  readonly onEnd: (place: string) => void;
}

function LoginItem({ login, onEnd }: LoginItemProps) {
  const words = useAdminMessages().users;
  const t = useAccountMessages();
  const place = placeOf(login, t);
  return (
    <li>
      <div>
        <p class="place">
          {place}
          {login.current && <span class="badge">{t.logins.current}</span>}
        </p>
        <p class="soft">
          <Ago time={login.createdAt} say={t.logins.since} />,{' '}
          <Ago time={login.lastUsedAt} say={t.logins.used} />
        </p>
      </div>
      <button
        type="button"
        class="button small quiet danger"
        aria-label={words.endLoginOf(place)}
        onClick={() => onEnd(place)}
      >
        {words.endLogin}
      </button>
    </li>
  );
}

/** The browser and the system of a login, as far as it has named them. */
function placeOf({ userAgent }: LoginEntry, { logins }: AccountMessages): string {
  const { browser, system } = browserIn(userAgent ?? '');
  if (browser === '') return system || logins.unknown;
  return system === '' ? browser : logins.on(browser, system);
}
