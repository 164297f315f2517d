import * as v from 'valibot';
import type { Accounts } from '../../accounts/accounts.ts';
import { type FieldError, ParleyError } from '../../domain/errors.ts';
import type { Identity } from '../../domain/identity.ts';
import type { Client } from '../../lib/addresses.ts';
import { depthWithin } from '../../lib/json-depth.ts';
import { JSON_LEVELS } from '../../protocol/limits.ts';
import type { RequestHead } from './request.ts';
import type { Call } from './route.ts';

interface CallDeps {
  readonly request: RequestHead;
  readonly address: string;
  readonly origin: string;
  readonly params: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  readonly accounts: Accounts;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

export function createCall({ request, address, origin, params, body, accounts }: CallDeps): Call {
  let identity: Promise<Identity> | undefined;
  return {
    request,
    address,
    origin,
    param(name) {
      const value = params.get(name);
      if (value === undefined) throw new TypeError(`the route has no :${name}`);
      return value;
    },
    body: (schema) => parseBody(request, body, schema),
    identity() {
      identity ??= identify(request, accounts, { address });
      return identity;
    },
    identityAnew() {
      identity = identify(request, accounts, { address });
      return identity;
    },
  };
}

/** [HT5], [HT2]. Content-Type is not asked: whatever it says, the body is JSON or refused. */
function parseBody<Schema extends v.GenericSchema>(
  { headers }: RequestHead,
  body: Uint8Array,
  schema: Schema,
): v.InferOutput<Schema> {
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity') {
    throw new ParleyError('unsupported_media_type', 'Send the body without Content-Encoding.');
  }
  const value = parseJson(body);
  // To valibot an array is an object too.
  if (Array.isArray(value)) throw invalid([{ path: '', message: 'must be an object' }]);
  const { success, output, issues } = v.safeParse(schema, value);
  if (success) return output;
  throw invalid(issues.map(fieldError));
}

function parseJson(body: Uint8Array): unknown {
  if (body.length === 0) return {};
  if (!depthWithin(body, JSON_LEVELS)) {
    throw invalid([{ path: '', message: `must be nested at most ${JSON_LEVELS} levels deep` }]);
  }
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    // No cause: V8's message quotes the body, which may hold a password, and causes are logged.
    throw new ParleyError('invalid_json', 'The body must be JSON in UTF-8.');
  }
}

function invalid(errors: readonly FieldError[]): ParleyError {
  const summary = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return new ParleyError('validation_failed', summary.join('; '), { errors });
}

function fieldError(issue: v.GenericIssue): FieldError {
  return { path: v.getDotPath(issue) ?? '', message: issue.message };
}

/** RFC 6750, 2.1 [HT3]. */
async function identify(request: RequestHead, accounts: Accounts, from: Client): Promise<Identity> {
  return accounts.verify(requireToken(request), from);
}

/** Returns the access token, unverified. @throws ParleyError `unauthorized` if there is none */
export function requireToken({ headers }: RequestHead): string {
  const token = bearerToken(headers.get('authorization'));
  if (token !== undefined) return token;
  throw new ParleyError(
    'unauthorized',
    'Send `Authorization: Bearer <access token>`; POST /auth/guest gives one.',
  );
}

function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(authorization ?? '')?.[1];
}
