import type { HttpRequest } from '../native/uws.ts';

/** The one subprotocol that is ever selected [WS1]. */
const PROTOCOL = 'parley.v1';

const NONE = new URLSearchParams();

/** What an upgrade request asks for. */
export interface Handshake {
  /** Undefined: none was shown. */
  readonly token: string | undefined;
  readonly resume: { readonly token: string; readonly lastSeq: number } | undefined;
  /** For `/ws/rooms/:roomId`: the room to join at once. */
  readonly roomId: string | undefined;
}

/** An upgrade request, copied: uWS frees it when the handler returns. */
export interface UpgradeRequest {
  readonly origin: string;
  readonly host: string;
  /** '' where there is none; several headers of the name are joined. */
  readonly forwardedFor: string;
  readonly key: string;
  readonly extensions: string;
  readonly protocols: readonly string[];
  readonly authorization: string;
  readonly query: string;
  readonly roomId: string | undefined;
}

export function copyRequest(req: HttpRequest): UpgradeRequest {
  return {
    origin: req.getHeader('origin'),
    host: req.getHeader('host'),
    forwardedFor: allOf(req, 'x-forwarded-for'),
    key: req.getHeader('sec-websocket-key'),
    extensions: req.getHeader('sec-websocket-extensions'),
    protocols: req
      .getHeader('sec-websocket-protocol')
      .split(',')
      .map((name) => name.trim()),
    authorization: req.getHeader('authorization'),
    query: req.getQuery() ?? '',
    // '' where the route has no parameter.
    roomId: req.getParameter(0) || undefined,
  };
}

/** The subprotocol to select; '' where the client did not offer ours. */
export function selectProtocol({ protocols }: UpgradeRequest): string {
  return protocols.includes(PROTOCOL) ? PROTOCOL : '';
}

/** [WS1] Token and resume token, by subprotocol, header or query, in this order. */
export function readHandshake({ protocols, authorization, query, roomId }: UpgradeRequest): Handshake {
  const parameters = query === '' ? NONE : new URLSearchParams(query);
  const token =
    afterPrefix(protocols, 'token.') ??
    /^Bearer +(\S+)$/i.exec(authorization)?.[1] ??
    parameters.get('token') ??
    parameters.get('access_token') ??
    undefined;
  const resume = afterPrefix(protocols, 'resume.') ?? resumeOf(parameters);
  return { token, resume: resume === undefined ? undefined : parseResume(resume), roomId };
}

function afterPrefix(protocols: readonly string[], prefix: string): string | undefined {
  return protocols.find((name) => name.startsWith(prefix))?.slice(prefix.length);
}

function resumeOf(parameters: URLSearchParams): string | undefined {
  const token = parameters.get('resume');
  return token === null ? undefined : `${token}.${parameters.get('seq') ?? ''}`;
}

/** `<token>.<lastSeq>`, a token having no dot. What is no number can be no number that was sent [SE4]. */
function parseResume(text: string): { token: string; lastSeq: number } {
  const [, token = text, digits = ''] = /^([^.]*)\.(.*)$/s.exec(text) ?? [];
  return { token, lastSeq: /^\d{1,15}$/.test(digits) ? Number(digits) : Number.NaN };
}

function allOf(req: HttpRequest, wanted: string): string {
  const first = req.getHeader(wanted);
  if (first === '') return '';
  const values: string[] = [];
  req.forEach((name, value) => {
    if (name === wanted) values.push(value);
  });
  return values.join(',');
}
