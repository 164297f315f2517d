import { type Endpoint, PAGE } from './endpoint.ts';

/** At the same path, programs get what the page shows. */
const BESIDE_API = { ...PAGE, accept: 'text/html' } as const;

/** The console's page has an address for each of its sections. It asks who may see it when it has loaded. */
export const ADMIN_PAGES = {
  adminPage: { ...PAGE, path: '/admin' },
  adminUsersPage: { ...PAGE, path: '/admin/users' },
  adminUserPage: { ...PAGE, path: '/admin/users/:id' },
  adminInvitationsPage: { ...PAGE, path: '/admin/invitations' },
  adminRoomsPage: { ...BESIDE_API, path: '/admin/rooms' },
  adminWebhooksPage: { ...BESIDE_API, path: '/admin/webhooks' },
  adminLimitsPage: { ...BESIDE_API, path: '/admin/limits' },
  adminKeysPage: { ...BESIDE_API, path: '/admin/keys' },
} as const satisfies Readonly<Record<string, Endpoint>>;
