import { CODE_MS, FLOW_MS, type Oidc, type OidcReturn } from '../../accounts/oidc/oidc.ts';
import { ParleyError } from '../../domain/errors.ts';
import type { RoomId } from '../../domain/ids.ts';
import { browserCookie } from '../server/browser-cookie.ts';
import type { HttpDeps } from '../server/deps.ts';
import type { Files } from '../server/files.ts';
import { signInTroublePage } from '../server/html.ts';
import { isForBrowser } from '../server/links.ts';
import { pagePolicy } from '../server/page-policy.ts';
import { problem } from '../server/problems.ts';
import { HTML, type Reply, redirectTo } from '../server/reply.ts';
import type { Handlers, RequestContext } from '../server/request-context.ts';

/** The cookie is needed until the last moment at which the page may exchange its code. */
const COOKIE_MS = FLOW_MS + CODE_MS;

/** Sign-in at an OpenID provider [TK6]: to it, back from it, and the exchange of the code for tokens. */
export function oidcRoutes({ accounts, files }: Pick<HttpDeps, 'accounts'> & { readonly files: Files }) {
  function configured(): Oidc {
    if (accounts.oidc !== undefined) return accounts.oidc;
    throw new ParleyError('not_found', 'This server has no OpenID provider. Sign in another way.');
  }

  return {
    async startOidc(context) {
      const oidc = configured();
      const { request, origin, address } = context;
      const { room } = context.query();
      const roomId = room === '' ? null : (room as RoomId);
      const cookie = browserCookie(origin);
      try {
        const { url, browser } = await oidc.start({ origin, roomId, address, browser: cookie.read(request) });
        const reply = redirectTo(url);
        return { ...reply, headers: [...reply.headers, cookie.write(browser, COOKIE_MS)] };
      } catch (thrown) {
        if (thrown instanceof ParleyError && isForBrowser(request)) {
          return troublePage(context, thrown, roomId, files);
        }
        throw thrown;
      }
    },

    async returnFromOidc({ request, origin }) {
      const browser = browserCookie(origin).read(request) ?? '';
      return redirectTo(pageFor(await configured().comeBack(request.query, browser)));
    },

    async finishOidc(context) {
      const oidc = configured();
      const { code } = context.body();
      accounts.signIns.count(context.address);
      const browser = browserCookie(context.origin).read(context.request) ?? '';
      return context.reply(await oidc.finish(code, browser, context));
    },
  } satisfies Partial<Handlers>;
}

/** Returns where the page takes the code, or the error, out of the fragment, which no browser sends to a server. */
function pageFor(back: OidcReturn): string {
  const path = pathOf(back.roomId);
  return 'code' in back ? `${path}#code=${back.code}` : `${path}#error=${back.error}`;
}

function pathOf(roomId: RoomId | null): string {
  return roomId === null ? '/' : `/connect/${roomId}`;
}

/** Answers a person, who followed a link and would see JSON otherwise. */
function troublePage(
  { request, origin }: Pick<RequestContext, 'request' | 'origin'>,
  error: ParleyError,
  roomId: RoomId | null,
  files: Files,
): Reply {
  const { headers, ...reply } = problem(error);
  const again = request.query === '' ? request.path : `${request.path}?${request.query}`;
  return {
    ...reply,
    headers: [
      ...headers.filter(([name]) => name !== 'Content-Type'),
      HTML,
      ...pagePolicy(origin),
      ['Vary', 'Accept, Accept-Language'],
    ],
    body: signInTroublePage(files, request.headers.get('accept-language') ?? '', {
      again,
      back: pathOf(roomId),
    }),
  };
}
