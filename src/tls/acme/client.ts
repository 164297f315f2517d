import { createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, FlattenedSign, type JWK } from 'jose';
import * as v from 'valibot';
import { AcmeFault, AcmeProblem, typeOf, unreachable, wordsOf } from './faults.ts';

/** Max bytes of a reply; a chain has about 6 KB. */
export const REPLY_BYTES = 262_144;
/** Max times that one request is sent again because its nonce was refused (RFC 8555, 6.5). */
const NONCE_RETRIES = 50;

const Url = v.pipe(
  v.string(),
  v.check((url) => /^https?:\/\//.test(url) && URL.canParse(url), 'must be a URL'),
);
const Directory = v.object({ newNonce: Url, newAccount: Url, newOrder: Url });

interface ClientDeps {
  /** URL of the directory. */
  readonly directory: string;
  /** The account's key: ECDSA on P-256. */
  readonly key: KeyObject;
  readonly fetch: typeof fetch;
  /** Ends whatever is under way. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface AcmeReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Speaks ACME (RFC 8555) with one directory, as one account. Each method throws an AcmeFault if it gets no good answer. */
export class AcmeClient {
  readonly #deps: ClientDeps;
  readonly #jwk: JWK;
  #urls: v.InferOutput<typeof Directory> | undefined;
  #account: string | undefined;
  /** Unused ones. */
  readonly #nonces: string[] = [];
  #clockAheadMs = 0;

  constructor(deps: ClientDeps) {
    this.#deps = deps;
    const { kty, crv, x, y } = createPublicKey(deps.key).export({ format: 'jwk' });
    this.#jwk = { kty, crv, x, y } as JWK;
  }

  /** By how much this machine's clock is ahead of the directory's, in milliseconds, as of its last reply. */
  get clockAheadMs(): number {
    return this.#clockAheadMs;
  }

  /**
   * Registers the account, or finds it if the directory knows its key (7.3.1): one that has forgotten it registers it anew.
   * @returns whether it was new to the directory
   */
  async register(): Promise<boolean> {
    const { newAccount } = await this.#directory();
    const reply = await this.#post(newAccount, { termsOfServiceAgreed: true });
    this.#account = locationOf(reply, newAccount);
    return reply.status === 201;
  }

  /** Orders a certificate (7.4). @returns the order's URL */
  async order(name: string): Promise<string> {
    const { newOrder } = await this.#directory();
    const reply = await this.#post(newOrder, { identifiers: [{ type: 'dns', value: name }] });
    return locationOf(reply, newOrder);
  }

  /** Reads a resource (POST-as-GET, 6.3). `retryMs`: when to ask again, if the directory says. */
  async read<S extends v.GenericSchema>(url: string, schema: S) {
    const reply = await this.#post(url, undefined);
    return { resource: parsed(url, reply, schema), retryMs: retryMs(reply) };
  }

  async send(url: string, payload: object): Promise<void> {
    await this.#post(url, payload);
  }

  /** Downloads a certificate chain (7.4.2). */
  async chain(url: string): Promise<string> {
    return (await this.#post(url, undefined)).text;
  }

  /** What proves control of a name, for the token of a challenge (8.1). */
  async keyAuthorization(token: string): Promise<string> {
    return `${token}.${await calculateJwkThumbprint(this.#jwk)}`;
  }

  async #directory() {
    const { directory } = this.#deps;
    this.#urls ??= parsed(directory, await this.#fetch(directory), Directory);
    return this.#urls;
  }

  /** @param payload undefined for POST-as-GET */
  async #post(url: string, payload: object | undefined): Promise<AcmeReply> {
    for (let tries = 0; ; tries++) {
      const body = await this.#sign(url, payload);
      const reply = await this.#fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/jose+json' },
        body: JSON.stringify(body),
      });
      if (reply.status < 400) return reply;
      const problem = problemOf(reply);
      if (typeOf(problem) !== 'badNonce' || tries >= NONCE_RETRIES) {
        throw new AcmeFault(`The directory refuses: ${wordsOf(problem)}.`, typeOf(problem));
      }
    }
  }

  async #sign(url: string, payload: object | undefined) {
    const nonce = this.#nonces.pop() ?? (await this.#newNonce());
    const bytes = new TextEncoder().encode(payload === undefined ? '' : JSON.stringify(payload));
    const account = this.#account === undefined ? { jwk: this.#jwk } : { kid: this.#account };
    const header = { alg: 'ES256', ...account, nonce, url };
    return new FlattenedSign(bytes).setProtectedHeader(header).sign(this.#deps.key);
  }

  async #newNonce(): Promise<string> {
    const { newNonce } = await this.#directory();
    await this.#fetch(newNonce, { method: 'HEAD' });
    const nonce = this.#nonces.pop();
    if (nonce === undefined) throw new AcmeFault(`The directory gives no nonce at ${newNonce}.`);
    return nonce;
  }

  async #fetch(url: string, options: RequestInit = {}): Promise<AcmeReply> {
    const { fetch, signal, now } = this.#deps;
    try {
      const reply = await fetch(url, { ...options, signal, redirect: 'error' });
      const nonce = reply.headers.get('replay-nonce');
      if (nonce !== null) this.#nonces[0] = nonce;
      const date = Date.parse(reply.headers.get('date') ?? '');
      if (!Number.isNaN(date)) this.#clockAheadMs = now() - date;
      return { status: reply.status, headers: reply.headers, text: await boundedText(reply, url) };
    } catch (thrown) {
      if (thrown instanceof AcmeFault) throw thrown;
      signal.throwIfAborted();
      throw unreachable(url, thrown, now());
    }
  }
}

async function boundedText({ body }: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  const reader = body?.getReader();
  for (let bytes = 0; reader !== undefined; ) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.length;
    chunks.push(value);
    if (bytes <= REPLY_BYTES) continue;
    await reader.cancel();
    throw new AcmeFault(`The reply of ${url} is larger than ${REPLY_BYTES} bytes.`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed<S extends v.GenericSchema>(url: string, reply: AcmeReply, schema: S): v.InferOutput<S> {
  const { success, output, issues } = v.safeParse(schema, jsonOf(reply));
  if (success && reply.status < 400) return output;
  const what = reply.status < 400 && issues !== undefined ? v.summarize(issues) : `status ${reply.status}`;
  throw new AcmeFault(`${url} doesn't answer as a directory of certificates (RFC 8555) does: ${what}.`);
}

function problemOf(reply: AcmeReply): AcmeProblem {
  const { success, output } = v.safeParse(AcmeProblem, jsonOf(reply));
  return success ? output : { type: '', detail: `status ${reply.status}`, subproblems: [] };
}

function jsonOf({ text }: AcmeReply): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function locationOf({ headers }: AcmeReply, url: string): string {
  const location = headers.get('location');
  if (location === null || !URL.canParse(location, url))
    throw new AcmeFault(`${url} answers without a Location.`);
  return new URL(location, url).href;
}

/** Undefined if the reply doesn't say, or names a date. */
function retryMs({ headers }: AcmeReply): number | undefined {
  const seconds = headers.get('retry-after') ?? '';
  return /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1_000 : undefined;
}
