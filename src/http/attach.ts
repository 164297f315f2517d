import type { Routes } from '../uws/types.ts';
import { createMetrics } from './metrics/metrics.ts';
import { accountRoutes } from './routes/accounts.ts';
import { adminRoutes } from './routes/admin.ts';
import { adminUserRoutes } from './routes/admin-users.ts';
import { chatRoutes } from './routes/chat.ts';
import { controlRoutes } from './routes/control.ts';
import { docsRoutes } from './routes/docs.ts';
import { hostRoutes } from './routes/hosts.ts';
import { iceRoutes } from './routes/ice-servers.ts';
import { inviteRoutes } from './routes/invites.ts';
import { knockRoutes } from './routes/knocks.ts';
import { loginRoutes } from './routes/logins.ts';
import { oidcRoutes } from './routes/oidc.ts';
import { operationRoutes } from './routes/operations.ts';
import { pageRoutes } from './routes/pages.ts';
import { placeRoutes } from './routes/places.ts';
import { roomRoutes } from './routes/rooms.ts';
import { userRoutes } from './routes/users.ts';
import type { HttpDeps } from './server/deps.ts';
import { loadFiles } from './server/files.ts';
import { withSettings } from './server/html.ts';
import type { Handlers } from './server/request-context.ts';
import { routeRequests } from './server/router.ts';

/**
 * Answers every request that isn't a WebSocket upgrade: gives each endpoint its handler, and the handlers to the router.
 * `close` stops its measurements; the app's owner closes the sockets.
 */
export function attachHttp(app: Pick<Routes, 'any'>, deps: HttpDeps): { close(): void } {
  const files = loadFiles(deps.dist, deps.log, (html) => withSettings(html, deps.pageSettings));
  const metrics = createMetrics(deps);
  const handlers: Handlers = {
    ...accountRoutes(deps),
    ...inviteRoutes(deps),
    ...userRoutes(deps),
    ...loginRoutes(deps),
    ...oidcRoutes({ ...deps, files }),
    ...roomRoutes(deps),
    ...knockRoutes(deps),
    ...placeRoutes(deps),
    ...hostRoutes(deps),
    ...chatRoutes(deps),
    ...controlRoutes(deps),
    ...iceRoutes(deps),
    ...adminRoutes(deps),
    ...adminUserRoutes(deps),
    ...operationRoutes({ ...deps, metrics }),
    ...docsRoutes({ files }),
    ...pageRoutes({ ...deps, files }),
  };
  routeRequests(app, { ...deps, handlers, files, countResponse: (status) => metrics.countResponse(status) });
  return { close: () => metrics.close() };
}
