import { isAmbiguous } from '../uws/framing.ts';
import type { HttpRequest, HttpResponse, Routes } from '../uws/types.ts';
import type { Challenges } from './acme/challenges.ts';

/** Where a directory of certificates looks (RFC 8555, 8.3). */
const CHALLENGE = '/.well-known/acme-challenge/';
/** A name, an IPv4 address or a bracketed IPv6 address; a port behind it is left out. */
const HOST = /^([a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

interface HttpDoorDeps {
  readonly challenges: Challenges;
  /** The origin to which everybody is sent; undefined: the name in the request, with HTTPS's port. */
  readonly origin: string | undefined;
  /** HTTPS's port, once it is known. */
  readonly port: () => number;
}

/** Answers HTTP_PORT: tokens that a directory checks, and nothing else there; all other requests are sent on to HTTPS. */
export function attachHttpDoor(app: Pick<Routes, 'any'>, { challenges, origin, port }: HttpDoorDeps): void {
  app.any('/*', (response, request) => {
    if (isAmbiguous(request)) {
      response.close();
      return;
    }
    const path = request.getUrl();
    if (path.startsWith(CHALLENGE)) answerChallenge(response, request, path.slice(CHALLENGE.length));
    else sendOn(response, request, path);
  });

  function answerChallenge(response: HttpResponse, request: HttpRequest, token: string): void {
    const answer = request.getMethod() === 'get' ? challenges.answer(token) : undefined;
    response.cork(() => {
      response.writeStatus(answer === undefined ? '404 Not Found' : '200 OK');
      response
        .writeHeader('Content-Type', 'application/octet-stream')
        .writeHeader('Cache-Control', 'no-store');
      response.end(answer ?? '');
    });
  }

  function sendOn(response: HttpResponse, request: HttpRequest, path: string): void {
    const target = origin ?? originOf(request.getHeader('host'));
    if (target === undefined) {
      response.cork(() => void response.writeStatus('400 Bad Request').end('', true));
      return;
    }
    const query = request.getQuery();
    // Not a path if the client took us for a proxy.
    const location = `${target}${path.startsWith('/') ? path : '/'}${query ? `?${query}` : ''}`;
    response.cork(() => {
      // 308 keeps the method; a client that sent a token by HTTP must not do so again.
      response.writeStatus('308 Permanent Redirect');
      response.writeHeader('Location', headerText(location)).writeHeader('Cache-Control', 'no-store');
      response.writeHeader('Content-Type', 'text/plain; charset=utf-8').end('This server speaks HTTPS.\n');
    });
  }

  function originOf(host: string): string | undefined {
    const name = HOST.exec(host)?.[1]?.toLowerCase();
    if (name === undefined) return undefined;
    return port() === 443 ? `https://${name}` : `https://${name}:${port()}`;
  }
}

/** Percent-encodes what a header can't hold. */
function headerText(text: string): string {
  return text.replace(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character));
}
