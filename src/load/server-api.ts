import * as v from 'valibot';
import { CreateRoomReply, Problem, TokensReply } from '../protocol/bodies.ts';

/** The load tool's HTTP requests. */
export interface ServerApi {
  /** @throws RequestError if no server answers that it is ready */
  checkReady(): Promise<void>;
  signInAsGuest(): Promise<TokensReply>;
  refresh(refreshToken: string): Promise<TokensReply>;
  /** Resolves with the room's id. */
  createRoom(token: string, max: number): Promise<string>;
}

/** The server refused a request, or didn't answer it. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  /** A code of the wire contract, or `network`. */
  readonly code: string;
  /** Milliseconds to wait before the next try; only with `rate_limited`. */
  readonly retryAfterMs: number | undefined;

  constructor(code: string, message: string, retryAfterMs?: number) {
    super(message);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Milliseconds until a request fails. */
const REQUEST_MS = 30_000;

/** @param httpUrl the server's origin */
export function createServerApi(httpUrl: string, signal: AbortSignal): ServerApi {
  const post = (path: string, body: unknown, token?: string): Promise<unknown> =>
    request(`${httpUrl}${path}`, signal, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
  return {
    checkReady: async () => void (await request(`${httpUrl}/ready`, signal)),
    signInAsGuest: async () => v.parse(TokensReply, await post('/auth/guest', { displayName: 'load' })),
    refresh: async (refreshToken) => v.parse(TokensReply, await post('/auth/refresh', { refreshToken })),
    createRoom: async (token, max) => v.parse(CreateRoomReply, await post('/rooms', { max }, token)).room.id,
  };
}

async function request(url: string, signal: AbortSignal, init: RequestInit = {}): Promise<unknown> {
  const response = await send(url, {
    ...init,
    signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]),
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return body;
  const problem = v.safeParse(Problem, body);
  if (!problem.success) throw new RequestError('network', `${url} answered ${response.status}.`);
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const { code, detail, retryAfterMs } = problem.output;
  throw new RequestError(code, detail, Number.isFinite(seconds) ? seconds * 1_000 : retryAfterMs);
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (thrown) {
    const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
    throw new RequestError(
      'network',
      `${url} does not answer: ${cause instanceof Error ? cause.message : cause}`,
    );
  }
}
