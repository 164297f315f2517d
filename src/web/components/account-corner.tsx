import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { AccountUser } from '../../client/index.ts';
import { useMessages } from '../i18n/messages.ts';
import { usePage } from '../page-context.ts';
import { type Destination, HOME, type Route } from '../routes.ts';
import { Avatar } from './avatar.tsx';
import { Icon } from './icon.tsx';
import { Link } from './link.tsx';

/** The header's end: ways to sign in, or the account menu of who is. */
export function AccountCorner() {
  const t = useMessages();
  const { login, navigation, settings, secrets } = usePage();
  const user = login.user.value;
  // Who comes with a token of a site signs in and out there.
  if (login.site.value !== null) return null;
  if (user !== null) return <AccountMenu user={user} />;
  const route = navigation.route.value;
  if (route.at === 'setup' || route.at === 'reset') return null;
  const next = destinationFrom(route);
  const canRegister =
    settings.registration === 'open' ||
    (settings.registration === 'invite' && secrets.get('invite') !== null);
  return (
    <nav class="account-corner" aria-label={t.account.label}>
      {route.at !== 'sign-in' && <Link to={{ at: 'sign-in', next }}>{t.account.signIn}</Link>}
      {canRegister && route.at !== 'register' && (
        <Link to={{ at: 'register', next }}>{t.account.register}</Link>
      )}
    </nav>
  );
}

function destinationFrom(route: Route): Destination {
  if (route.at === 'sign-in' || route.at === 'register') return route.next;
  return route.at === 'call' || route.at === 'account' || route.at === 'admin' ? route : HOME;
}

/** Returns the name that the person is known by; '' if they have given none. */
export function shownNameOf({
  displayName,
  username,
}: Pick<AccountUser, 'displayName' | 'username'>): string {
  return displayName ?? username ?? '';
}

function AccountMenu({ user }: { user: AccountUser }) {
  const t = useMessages();
  const { login, navigation, onlyCall } = usePage();
  const open = useSignal(false);
  const nav = useRef<HTMLElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    open.value = false;
  };
  const isOpen = open.value;
  useEffect(() => {
    if (!isOpen) return;
    const closeOutside = ({ target }: Event) => {
      if (target instanceof Node && nav.current?.contains(target) !== true) close();
    };
    const closeOnEscape = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape') return;
      close();
      button.current?.focus();
    };
    document.addEventListener('pointerdown', closeOutside);
    document.addEventListener('focusin', closeOutside);
    document.addEventListener('keydown', closeOnEscape);
    return () => {
      document.removeEventListener('pointerdown', closeOutside);
      document.removeEventListener('focusin', closeOutside);
      document.removeEventListener('keydown', closeOnEscape);
    };
  }, [isOpen]);
  const name = shownNameOf(user) || user.email || t.account.label;
  return (
    <nav ref={nav} class="account-corner" aria-label={t.account.label}>
      <button
        ref={button}
        type="button"
        class="account-button"
        aria-expanded={isOpen}
        aria-controls="account-menu"
        onClick={() => {
          open.value = !isOpen;
        }}
      >
        <Avatar name={name} seed={user.id} picture={user.avatarUrl} />
        <span class="name">{name}</span>
        <Icon name="chevron" />
      </button>
      <div id="account-menu" class="account-menu" hidden={!isOpen}>
        <p class="who">
          <strong>{name}</strong>
          {user.email !== null && user.email !== name && <span class="soft">{user.email}</span>}
        </p>
        <ul>
          {/* The account's page has no way back to a call. */}
          {!onlyCall &&
            (['profile', 'status', 'logins'] as const).map((section) => (
              <li key={section}>
                <Link to={{ at: 'account', section }} onFollow={close}>
                  {t.account[section]}
                </Link>
              </li>
            ))}
          {!onlyCall && user.role === 'admin' && (
            <li>
              <Link to={{ at: 'admin', section: 'overview' }} onFollow={close}>
                {t.account.admin}
              </Link>
            </li>
          )}
          <li>
            <button
              type="button"
              onClick={() => {
                close();
                if (navigation.route.peek().at !== 'call') navigation.go(HOME);
                void login.signOut();
              }}
            >
              {t.account.signOut}
            </button>
          </li>
        </ul>
      </div>
    </nav>
  );
}
