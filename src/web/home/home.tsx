import type { CreatedRoom } from '../../client/index.ts';
import { AccountCorner } from '../components/account-corner.tsx';
import { Link } from '../components/link.tsx';
import { Logo } from '../components/logo.tsx';
import { FailureNotice, Notice } from '../components/notice.tsx';
import { useMessages } from '../i18n/messages.ts';
import { usePage } from '../page-context.ts';
import { MyRooms } from '../rooms/my-rooms.tsx';
import { HOME } from '../routes.ts';
import { mayStartCalls } from '../server-settings.ts';
import { useViewHeading } from '../use-view-heading.ts';
import { JoinForm } from './join-form.tsx';
import { MeshArt } from './mesh-art.tsx';
import { StartForm } from './start-form.tsx';

interface HomeProps {
  readonly missing: boolean;
  readonly onCreated: (created: CreatedRoom, password: string) => void;
  readonly onJoin: (roomId: string) => void;
}

export function Home({ missing, onCreated, onJoin }: HomeProps) {
  const t = useMessages();
  const { login, settings } = usePage();
  const user = login.user.value;
  const failure = login.providerFailure.value;
  const needsAccount = !settings.guests && !login.hasAccount.value;
  const site = login.site.value;
  const canStart = mayStartCalls(settings, user, site);
  const heading = useViewHeading<HTMLHeadingElement>(t.home.title);
  return (
    <div class="home">
      <header class="bar">
        <Logo />
        <AccountCorner />
      </header>
      <main>
        <div class="pitch">
          {missing && <Notice title={t.home.missingTitle} text={t.home.missingText} />}
          {login.wasSignedOut.value && <Notice {...t.account.wasSignedOut} />}
          {failure !== null && <FailureNotice failure={failure} />}
          <h1 ref={heading} tabIndex={-1}>
            {t.home.headline}
          </h1>
          <p class="promise">
            {user === null && settings.guests && settings.roomCreation === 'everyone'
              ? t.home.promise
              : t.home.promiseWithAccount}
          </p>
          {needsAccount ? (
            <SignInFirst why={t.home.guestsOff} />
          ) : (
            <>
              {canStart && <StartForm {...{ login, onCreated }} canKeep={user !== null || site !== null} />}
              {!canStart && site === null && settings.roomCreation === 'users' && (
                <SignInFirst why={t.home.guestsStartNothing} />
              )}
              <JoinForm onJoin={onJoin} />
              {user !== null && <MyRooms key={user.id} user={user} />}
            </>
          )}
        </div>
        <MeshArt />
      </main>
      <footer>
        <ul class="facts">
          {t.home.facts.map((fact) => (
            <li key={fact}>{fact}</li>
          ))}
          <li>
            <Link to={{ at: 'test' }}>{t.home.test}</Link>
          </li>
        </ul>
      </footer>
    </div>
  );
}

/** In place of what guests can't do on this server. */
function SignInFirst({ why }: { why: string }) {
  const t = useMessages();
  const { settings } = usePage();
  return (
    <div class="start">
      <p>{why}</p>
      <div class="choices">
        <Link class="button large" to={{ at: 'sign-in', next: HOME }}>
          {t.account.signIn}
        </Link>
        {settings.registration === 'open' && (
          <Link class="button large quiet" to={{ at: 'register', next: HOME }}>
            {t.account.register}
          </Link>
        )}
      </div>
    </div>
  );
}
