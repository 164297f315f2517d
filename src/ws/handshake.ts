import { Framing } from '../uws/framing.ts';
import type { HttpRequest } from '../uws/types.ts';

/** The only subprotocol that the server selects [WS1]. */
const PROTOCOL = 'parley.v1';
const TOKEN = 'token.';
const RESUME = 'resume.';

/** Credentials and room of an upgrade request. */
export interface Handshake {
  /** The access token; undefined if the client sent none. */
  readonly token: string | undefined;
  readonly resume: { readonly token: string; readonly lastSeq: number } | undefined;
  /** The room to join at once, from `/ws/rooms/:roomId`. Any text. */
  readonly roomId: string | undefined;
}

/** A copy of an upgrade request, because uWS frees the request when the handler returns. A missing header is ''. */
export interface UpgradeRequest {
  /** Whether its framing can be read in two ways [HT5]. Nothing in it may be used then. */
  readonly isAmbiguous: boolean;
  readonly origin: string;
  readonly host: string;
  /** Several headers of this name are joined with commas. */
  readonly forwardedFor: string;
  readonly key: string;
  readonly extensions: string;
  readonly protocols: Protocols;
  readonly authorization: string;
  readonly query: string;
  readonly roomId: string | undefined;
}

/** The subprotocols that a client offers. Only the first token and the first resume token count. */
interface Protocols {
  readonly offersOurs: boolean;
  readonly token: string | undefined;
  readonly resume: string | undefined;
}

/** If a header that should be single is repeated, the first counts. One `forEach`, because each call into uWS is costly. */
export function copyRequest(req: Pick<HttpRequest, 'forEach' | 'getQuery' | 'getParameter'>): UpgradeRequest {
  const framing = new Framing();
  let origin: string | undefined;
  let host: string | undefined;
  let forwardedFor: string | undefined;
  let key: string | undefined;
  let extensions: string | undefined;
  let protocols: string | undefined;
  let authorization: string | undefined;
  req.forEach((name, value) => {
    framing.add(name, value);
    switch (name) {
      case 'origin':
        origin ??= value;
        break;
      case 'host':
        host ??= value;
        break;
      case 'x-forwarded-for':
        forwardedFor = forwardedFor === undefined ? value : `${forwardedFor},${value}`;
        break;
      case 'sec-websocket-key':
        key ??= value;
        break;
      case 'sec-websocket-extensions':
        extensions ??= value;
        break;
      case 'sec-websocket-protocol':
        // Several lines are one list (RFC 9110, 5.3).
        protocols = protocols === undefined ? value : `${protocols},${value}`;
        break;
      case 'authorization':
        authorization ??= value;
        break;
    }
  });
  return {
    isAmbiguous: framing.isAmbiguous,
    origin: origin ?? '',
    host: host ?? '',
    forwardedFor: forwardedFor ?? '',
    key: key ?? '',
    extensions: extensions ?? '',
    protocols: readProtocols(protocols ?? ''),
    authorization: authorization ?? '',
    query: req.getQuery() ?? '',
    // '' if the route has no parameter.
    roomId: req.getParameter(0) || undefined,
  };
}

function readProtocols(list: string): Protocols {
  let offersOurs = false;
  let token: string | undefined;
  let resume: string | undefined;
  for (let from = 0; from < list.length; ) {
    const comma = list.indexOf(',', from);
    const end = comma < 0 ? list.length : comma;
    while (from < end && isSpace(list.charCodeAt(from))) from += 1;
    if (list.startsWith(TOKEN, from)) token ??= list.slice(from + TOKEN.length, end).trimEnd();
    else if (list.startsWith(RESUME, from)) resume ??= list.slice(from + RESUME.length, end).trimEnd();
    else if (list.startsWith(PROTOCOL, from)) offersOurs ||= list.slice(from, end).trimEnd() === PROTOCOL;
    from = end + 1;
  }
  return { offersOurs, token, resume };
}

/** Optional whitespace (RFC 9110, section 5.6.3). */
function isSpace(character: number): boolean {
  return character === 0x20 || character === 0x09;
}

/** Returns the subprotocol to select, '' if the client doesn't offer ours. */
export function selectProtocol({ protocols }: UpgradeRequest): string {
  return protocols.offersOurs ? PROTOCOL : '';
}

/** Reads token and resume token from subprotocol, header or query, in this order of precedence [WS1]. */
export function readHandshake({ protocols, authorization, query, roomId }: UpgradeRequest): Handshake {
  const parameters = query === '' ? undefined : new URLSearchParams(query);
  const token =
    protocols.token ??
    /^Bearer +(\S+)$/i.exec(authorization)?.[1] ??
    parameters?.get('token') ??
    parameters?.get('access_token') ??
    undefined;
  const resume = protocols.resume ?? (parameters && resumeOf(parameters));
  return { token, resume: resume === undefined ? undefined : parseResume(resume), roomId };
}

function resumeOf(parameters: URLSearchParams): string | undefined {
  const token = parameters.get('resume');
  return token === null ? undefined : `${token}.${parameters.get('seq') ?? ''}`;
}

/**
 * `<token>.<lastSeq>`. A token is `<version>.<node>.<rest>`, or has no dot if an older build made it. A `lastSeq` that
 * isn't a number becomes NaN, which was never sent [SE4].
 */
function parseResume(text: string): { token: string; lastSeq: number } {
  const [, token = text, digits = ''] = /^(\d+\.[^.]*\.[^.]*|[^.]*)(?:\.(.*))?$/s.exec(text) ?? [];
  return { token, lastSeq: /^\d{1,15}$/.test(digits) ? Number(digits) : Number.NaN };
}
