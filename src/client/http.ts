import * as v from 'valibot';
import { Problem } from '../protocol/bodies.ts';
import type {
  EndpointAt,
  EndpointLine,
  PathParam,
  QuerySchema,
  ReplySchema,
  RequestInput,
} from '../protocol/endpoint-types.ts';
import { type ClientErrorCode, ParleyClientError } from './errors.ts';
import type { Account } from './types.ts';
import { unlessAborted } from './unless-aborted.ts';

/** Milliseconds until a request fails with `timeout`. */
const ANSWER_MS = 10_000;

export interface RequestTo<Line extends EndpointLine> {
  readonly token?: string | undefined;
  /** Values of the path's `:name` segments. */
  readonly params?: { readonly [Name in PathParam<Line>]: string };
  /** What follows `?` in the address; fields that are undefined are left out. */
  readonly query?: {
    readonly [Name in keyof v.InferInput<QuerySchema<EndpointAt<Line>>>]?: string | number | undefined;
  };
  readonly body?: RequestInput<EndpointAt<Line>>;
  /** Only if what is changed still has this tag [HT8]. */
  readonly ifMatch?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Whether it is to arrive even if the page goes meanwhile. */
  readonly keepalive?: boolean | undefined;
}

/** Of an endpoint that answers backends otherwise than people, either schema. */
export type ReplyTo<Line extends EndpointLine> = [ReplySchema<EndpointAt<Line>>] extends [never]
  ? unknown
  : ReplySchema<EndpointAt<Line>> extends {
        readonly type: 'union';
        readonly options: infer Options extends readonly unknown[];
      }
    ? Options[number]
    : ReplySchema<EndpointAt<Line>>;

/**
 * Runs `request` with the account's access token, and once more with a fresh one if the server refuses the first: this
 * machine's clock may have been set back.
 */
export async function withToken<Value>(
  account: Pick<Account, 'token'>,
  request: (token: string) => Promise<Value>,
  signal?: AbortSignal,
): Promise<Value> {
  return unlessAborted(signal, async () => {
    try {
      return await request(await account.token());
    } catch (error) {
      if (!(error instanceof ParleyClientError) || error.code !== 'unauthorized') throw error;
      return request(await account.token(true));
    }
  });
}

/**
 * The server's origin, without a slash at the end.
 * @throws TypeError outside a page, if `baseUrl` is undefined
 */
export function originOf(baseUrl: string | undefined): string {
  if (baseUrl !== undefined) return baseUrl.replace(/\/+$/, '');
  if (typeof location === 'undefined')
    throw new TypeError('Outside a page, pass baseUrl: the origin of the server.');
  return location.origin;
}

/** @param reply the schema of the endpoint's JSON reply; any schema if its reply has no content */
export async function send<Line extends EndpointLine, Schema extends v.GenericSchema>(
  baseUrl: string,
  line: Line,
  reply: Schema & ReplyTo<Line>,
  request: RequestTo<Line>,
): Promise<v.InferOutput<Schema>> {
  return (await sendForTag(baseUrl, line, reply, request)).body;
}

/**
 * Returns an id as one segment of a path.
 * @throws ParleyClientError `invalid_message` for what can't be one: browsers take dots for folders, `%2E` too (URL Standard)
 */
function segment(id: string): string {
  if (!/^\.{0,2}$/.test(id) && !/\p{Surrogate}/u.test(id)) return encodeURIComponent(id);
  throw new ParleyClientError('invalid_message', `${JSON.stringify(id)} is no id.`);
}

/** As `send`; resolves with the reply's `ETag` too. */
export async function sendForTag<Line extends EndpointLine, Schema extends v.GenericSchema>(
  baseUrl: string,
  line: Line,
  reply: Schema & ReplyTo<Line>,
  { token, params, query, body, ifMatch, signal, keepalive = false }: RequestTo<Line>,
): Promise<{ readonly body: v.InferOutput<Schema>; readonly etag: string | undefined }> {
  const [method = '', pattern = ''] = line.split(' ');
  const path = pattern.replace(/:(\w+)/g, (_, name) =>
    segment(new Map(Object.entries<string>(params ?? {})).get(name) ?? ''),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) search.set(name, String(value));
  }
  const headers = new Headers({ accept: 'application/json' });
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  if (body !== undefined) headers.set('content-type', 'application/json');
  if (ifMatch !== undefined) headers.set('if-match', ifMatch);
  const { response, text } = await unlessAborted(signal, async () => {
    const answer = await orClientError(
      fetch(`${baseUrl}${path}${search.size > 0 ? `?${search}` : ''}`, {
        method,
        headers,
        keepalive,
        signal: AbortSignal.timeout(ANSWER_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    return { response: answer, text: await orClientError(answer.text()) };
  });
  if (!response.ok) throw refusal(response, text);
  const parsed = v.safeParse(reply, parseJson(text));
  if (parsed.success) return { body: parsed.output, etag: response.headers.get('etag') ?? undefined };
  throw new ParleyClientError('internal', `The answer to ${method} ${path} is not what this SDK expects.`);
}

/** Turns the browser's error for a request without an answer into one of ours. */
async function orClientError<Value>(promise: Promise<Value>): Promise<Value> {
  try {
    return await promise;
  } catch (cause) {
    const timedOut = cause instanceof DOMException && cause.name === 'TimeoutError';
    if (timedOut)
      throw new ParleyClientError('timeout', `The server did not answer within ${ANSWER_MS} ms.`, { cause });
    throw new ParleyClientError('network', 'The server could not be reached.', { cause });
  }
}

function refusal(response: Response, text: string): ParleyClientError {
  const problem = v.safeParse(Problem, parseJson(text));
  if (problem.success) {
    const { code, detail, retryAfterMs, errors } = problem.output;
    return new ParleyClientError(code, detail, {
      retryAfterMs: retryAfterMs ?? retryAfter(response),
      errors,
    });
  }
  // A later server's code, or no problem body at all (from a proxy): the status says roughly what happened.
  const later = v.safeParse(v.object({ detail: v.string() }), parseJson(text));
  const detail = later.success ? later.output.detail : `The server answered ${response.status}.`;
  const code = BY_STATUS.get(response.status) ?? 'internal';
  return new ParleyClientError(code, detail, { retryAfterMs: retryAfter(response) });
}

const BY_STATUS: ReadonlyMap<number, ClientErrorCode> = new Map([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [413, 'too_large'],
  [429, 'rate_limited'],
  [503, 'unavailable'],
]);

/** The Retry-After header in milliseconds; only its form in seconds (RFC 9110, 10.2.3). */
function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1_000 : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
