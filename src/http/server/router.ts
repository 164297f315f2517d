import { ParleyError } from '../../domain/errors.ts';
import { createTurns } from '../../lib/turns.ts';
import type { EndpointName } from '../../protocol/endpoint-types.ts';
import { ENDPOINTS } from '../../protocol/endpoints.ts';
import { isAmbiguous } from '../../uws/framing.ts';
import type { HttpRequest, HttpResponse, Routes } from '../../uws/types.ts';
import { createAudit } from './audit.ts';
import { createAuthorization, takesToken } from './authorization.ts';
import { createMayStayOpen } from './bodiless.ts';
import { createBudget } from './body.ts';
import { createCors } from './cors.ts';
import type { HttpDeps } from './deps.ts';
import { type Exchange, openExchange } from './exchange.ts';
import type { Files } from './files.ts';
import { notFoundPage } from './html.ts';
import { isForBrowser, movedPermanently, straightened } from './links.ts';
import { createOriginOf } from './origin.ts';
import { pagePolicy } from './page-policy.ts';
import { problem, problemOf } from './problems.ts';
import { type Header, HTML, NO_STORE, type Reply } from './reply.ts';
import { copyHead, type RequestHead } from './request.ts';
import { createRequestContext, type Handlers } from './request-context.ts';
import { createRequestIds, RequestLine } from './request-log.ts';
import { createRouteTable, type Match } from './route-table.ts';

/** What is refused there is counted by the code of the refusal. */
const JOIN_PATH = ENDPOINTS.joinRoom.path;
const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const EMPTY = new Uint8Array();
/** For a year, browsers ask by HTTPS only (RFC 6797). */
const HTTPS_ONLY: readonly Header[] = [['Strict-Transport-Security', 'max-age=31536000']];

/**
 * Max requests answered in one turn of the event loop; the others wait for the next turns. uWS hands over all pipelined requests
 * of a connection, thousands, in one turn, and call messages wait meanwhile. uWS also closes a connection whose next request
 * comes before the last one was answered, so only the first of them are answered.
 */
export const REQUESTS_PER_TURN = 64;

interface RouterDeps
  extends Omit<HttpDeps, 'liveRooms' | 'iceServers' | 'testIceServers' | 'stats' | 'isDraining' | 'dist'> {
  /** What answers each endpoint. */
  readonly handlers: Handlers;
  /** The built page, for its "not found". */
  readonly files: Files;
  readonly countResponse: (status: number) => void;
}

/** Takes each request to the handler of its endpoint, and sends the reply. */
export function routeRequests(app: Pick<Routes, 'any'>, deps: RouterDeps): void {
  const { clock, log, limitHits, places, accounts, handlers, files, countResponse } = deps;
  const lookUp = createRouteTable();
  const authorization = createAuthorization(deps);
  const audit = createAudit(log);
  const cors = createCors(deps.allowsOrigin);
  const originOf = createOriginOf(deps);
  const idOf = createRequestIds(deps);
  const budget = createBudget();
  const mayStayOpen = createMayStayOpen(clock);
  const inTurn = createTurns(REQUESTS_PER_TURN);
  const always = deps.tls?.isHttpsOnly ? HTTPS_ONLY : [];
  const headersFor = (request: RequestHead): Header[] => [
    ...cors.headers(request),
    ...always,
    ['X-Request-Id', request.id],
  ];

  app.any('/*', (response, request) => {
    if (isAmbiguous(request)) {
      response.close();
      return;
    }
    handle(response, request);
  });

  function handle(response: HttpResponse, raw: HttpRequest): void {
    const head = copyHead(response, raw);
    const request = { id: idOf(head), ...head };
    const line = new RequestLine(deps, request);
    const exchange = openExchange({
      clock,
      budget,
      mayStayOpen,
      response,
      isHead: request.method === 'HEAD',
      left: () => line.write(null),
    });
    const answer = (reply: Reply): void => {
      countResponse(reply.status);
      exchange.reply(reply, headersFor(request));
      line.write(reply.status);
    };
    const refuse = (thrown: unknown): void => {
      limitHits.note(thrown);
      if (line.route === JOIN_PATH && request.method === 'POST') places.refusedJoins.note(thrown);
      answer(refusal(thrown, request));
    };

    try {
      authorization.look(request);
      const origin = originOf(request);
      const route = routeOf(request);
      if ('reply' in route) {
        const { reply } = route;
        inTurn(() => answer(reply));
        return;
      }
      line.route = route.endpoint.path;
      authorization.beforeBody(route.endpoint, request);
      const run = (body: Uint8Array): void =>
        inTurn(() => settle(() => runHandler(route, { request, origin, body }), answer, refuse));
      receive(exchange, request, run, refuse);
    } catch (thrown) {
      inTurn(() => refuse(thrown));
    }
  }

  /** Returns the endpoint, or a reply if no endpoint is needed for it. */
  function routeOf(request: RequestHead): Match | { readonly reply: Reply } {
    const { method, path } = request;
    const straight = straightened(path);
    // A link to a room that is misspelt, but can be corrected, redirects to the correct one.
    if (straight !== path && straight.startsWith('/connect/') && lookUp(straight)?.match(request)) {
      return { reply: movedPermanently(straight, request) };
    }
    const resource = lookUp(path);
    if (resource === undefined)
      throw new ParleyError('not_found', 'There is nothing at this address. Check the path.');
    if (method === 'OPTIONS') return { reply: cors.preflight(request, resource.allowed) };
    const match = resource.match(request);
    if (match !== undefined) return match;
    const allow: Header = ['Allow', resource.allowed];
    const notAllowed = new ParleyError(
      'method_not_allowed',
      `Use one of these methods: ${resource.allowed}.`,
    );
    return { reply: problem(notAllowed, [allow]) };
  }

  /** Verifies the token before the body is parsed [HT3], then runs the handler. */
  function runHandler<Name extends EndpointName>(
    { name, endpoint, params }: Match<Name>,
    { request, origin, body }: { request: RequestHead; origin: string; body: Uint8Array },
  ): Reply | Promise<Reply> {
    const address = addressOf(request);
    const context = createRequestContext({ name, request, origin, address, params, body, accounts });
    if (!takesToken(endpoint, request)) return handlers[name](context);
    return context.identity().then(async (identity) => {
      await authorization.withIdentity(endpoint, identity, params);
      const reply = await handlers[name](context);
      audit({ name, endpoint, identity, params, noted: context.noted });
      return reply;
    });
  }

  /** Returns the reply to an error; browsers get a page for an unknown path [HT5]. */
  function refusal(thrown: unknown, request: RequestHead): Reply {
    const isUnknown = thrown instanceof ParleyError && thrown.code === 'not_found';
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isUnknown || !isRead || !isForBrowser(request)) return problemOf(thrown, request, log);
    return {
      status: 404,
      headers: [HTML, ...pagePolicy(originOf(request)), ['Vary', 'Accept, Accept-Language']],
      cache: NO_STORE,
      body: notFoundPage(files, request.headers.get('accept-language') ?? ''),
    };
  }

  function addressOf({ directPeer, headers }: RequestHead): string {
    return deps.resolveAddress(directPeer, headers.get('x-forwarded-for') ?? '');
  }
}

function receive(
  exchange: Exchange,
  { method, headers }: RequestHead,
  run: (body: Uint8Array) => void,
  refuse: (thrown: unknown) => void,
): void {
  if (WITH_BODY.has(method)) exchange.receive(headers.get('content-length') ?? '', run, refuse);
  else run(EMPTY);
}

/** Answers in the same tick if the handler does. */
function settle(
  handle: () => Reply | Promise<Reply>,
  answer: (reply: Reply) => void,
  refuse: (thrown: unknown) => void,
): void {
  try {
    const reply = handle();
    if (reply instanceof Promise) reply.then(answer).catch(refuse);
    else answer(reply);
  } catch (thrown) {
    refuse(thrown);
  }
}
