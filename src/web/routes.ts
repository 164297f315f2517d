const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;
const CALL_PATH = new RegExp(`^/connect/(${UUID.source})/?$`, 'i');
const CODE = new RegExp(`^${UUID.source}$`, 'i');

export const ACCOUNT_SECTIONS = ['profile', 'status', 'password', 'logins', 'delete'] as const;
export type AccountSection = (typeof ACCOUNT_SECTIONS)[number];

export const ADMIN_SECTIONS = [
  'overview',
  'rooms',
  'users',
  'invitations',
  'webhooks',
  'limits',
  'keys',
] as const;
export type AdminSection = (typeof ADMIN_SECTIONS)[number];

interface HomeRoute {
  readonly at: 'home';
  /** The person followed a link to a call that doesn't exist. */
  readonly missing: boolean;
}
interface CallRoute {
  readonly at: 'call';
  readonly roomId: string;
}
interface AccountRoute {
  readonly at: 'account';
  /** The section to scroll to; null for the top. */
  readonly section: AccountSection | null;
}

/** The admins' console. Sections and what is in them have addresses of their own. */
export interface AdminRoute {
  readonly at: 'admin';
  readonly section: AdminSection;
  /** The user that is shown, among the users. */
  readonly userId?: string | undefined;
}

/** The test of devices and connection. */
export interface TestRoute {
  readonly at: 'test';
}

/** Where signing in leads. */
export type Destination = HomeRoute | CallRoute | AccountRoute | AdminRoute;

/** A view of the page. */
export type Route =
  | Destination
  | TestRoute
  | { readonly at: 'sign-in' | 'register'; readonly next: Destination }
  | { readonly at: 'setup' | 'reset' };

/** The pages of accounts. */
export type AccountsRoute = Exclude<Route, HomeRoute | CallRoute | AdminRoute | TestRoute>;

export const HOME: HomeRoute = { at: 'home', missing: false };

/** Returns the route of an address; home for every unknown one. */
export function routeOf({ pathname, searchParams, hash }: URL): Route {
  const roomId = CALL_PATH.exec(pathname)?.[1];
  if (roomId !== undefined) return { at: 'call', roomId: roomId.toLowerCase() };
  const page = pathname.replace(/\/$/, '').slice(1);
  switch (page) {
    case 'sign-in':
    case 'register':
      return { at: page, next: destinationOf(searchParams) };
    case 'setup':
    case 'reset':
    case 'test':
      return { at: page };
    case 'account':
      return { at: 'account', section: ACCOUNT_SECTIONS.find((name) => hash === `#${name}`) ?? null };
    default:
      return adminRouteOf(page) ?? { at: 'home', missing: searchParams.has('missing') };
  }
}

/** @param page a path without its first slash */
function adminRouteOf(page: string): AdminRoute | null {
  const [at, name = 'overview', id] = page.split('/');
  const section = ADMIN_SECTIONS.find((one) => one === name);
  if (at !== 'admin' || section === undefined) return null;
  const userId = section === 'users' && id !== undefined ? decoded(id) : '';
  return userId === '' ? { at, section } : { at, section, userId };
}

/** Returns '' for what can't be decoded. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}

/** Only places of this page can be named, so that no link leads through the sign-in to another site. */
function destinationOf(search: URLSearchParams): Destination {
  const room = search.get('room') ?? '';
  if (CODE.test(room)) return { at: 'call', roomId: room.toLowerCase() };
  const to = search.get('to') ?? '';
  return to === 'account' ? { at: 'account', section: null } : (adminRouteOf(to) ?? HOME);
}

export function pathOf(route: Route): string {
  switch (route.at) {
    case 'home':
      return route.missing ? '/?missing=1' : '/';
    case 'call':
      return `/connect/${route.roomId}`;
    case 'account':
      return route.section === null ? '/account' : `/account#${route.section}`;
    case 'admin': {
      const { section, userId } = route;
      const id = userId === undefined ? '' : `/${encodeURIComponent(userId)}`;
      return section === 'overview' ? '/admin' : `/admin/${section}${id}`;
    }
    case 'sign-in':
    case 'register':
      return `/${route.at}${searchOf(route.next)}`;
    case 'setup':
    case 'reset':
    case 'test':
      return `/${route.at}`;
  }
}

function searchOf(next: Destination): string {
  if (next.at === 'home') return '';
  if (next.at === 'call') return `?room=${next.roomId}`;
  return next.at === 'account' ? '?to=account' : `?to=${encodeURIComponent(pathOf(next).slice(1))}`;
}

/**
 * Finds the room id in pasted text: a whole link, its path, the bare code, or a message around one of them.
 * @returns null if there is no id, or more than one
 */
export function roomIdIn(text: string): string | null {
  const words = text.split(/[\s<>"'()]+/).filter((word) => word !== '');
  const found = new Set(words.map(roomIdOfWord).filter((id) => id !== null));
  return found.size === 1 ? ([...found][0] ?? null) : null;
}

function roomIdOfWord(word: string): string | null {
  const bare = word.replace(/[.,;:!?]+$/, '');
  if (CODE.test(bare)) return bare.toLowerCase();
  const path = bare.replace(/^([a-z]+:\/\/)?[^/]*/i, '').replace(/[?#].*$/, '');
  return CALL_PATH.exec(path)?.[1]?.toLowerCase() ?? null;
}
