import { Link } from '../components/link.tsx';
import { useAdminMessages } from '../i18n/admin-messages.ts';
import { MessagePage } from '../lobby/message-page.tsx';
import { usePage } from '../page-context.ts';
import { type AdminRoute, HOME } from '../routes.ts';

interface GateProps {
  readonly route: AdminRoute;
  /** Whether this person was an admin a moment ago. */
  readonly wasAdmin: boolean;
}

/** Says why somebody doesn't see the console, and how to get in. */
export function Gate({ route, wasAdmin }: GateProps) {
  const t = useAdminMessages().gate;
  const { login, navigation } = usePage();
  const user = login.user.value;
  const wasSignedOut = login.wasSignedOut.value;
  const signIn = { at: 'sign-in', next: route } as const;
  const home = () => navigation.go(HOME);
  if (user === null) {
    return (
      <MessagePage
        title={wasSignedOut ? t.endedTitle : t.nobodyTitle}
        text={wasSignedOut ? t.endedText : t.nobodyText}
        onHome={home}
      >
        <div class="choices">
          <Link class="button large" to={signIn}>
            {t.signIn}
          </Link>
          <Link class="button large quiet" to={HOME}>
            {t.home}
          </Link>
        </div>
      </MessagePage>
    );
  }
  const name = user.displayName ?? user.username ?? user.email ?? user.id;
  const signInAsOther = async () => {
    await login.signOut();
    navigation.go(signIn);
  };
  return (
    <MessagePage
      key={String(wasAdmin)}
      title={wasAdmin ? t.demotedTitle : t.refusedTitle}
      text={wasAdmin ? t.demotedText : t.refusedText(name)}
      onHome={home}
    >
      <div class="choices">
        <button type="button" class="button large" onClick={() => void signInAsOther()}>
          {t.other}
        </button>
        <Link class="button large quiet" to={HOME}>
          {t.home}
        </Link>
      </div>
    </MessagePage>
  );
}
