import * as v from 'valibot';
import { messageOf } from '../../domain/errors.ts';

/** Why there is no certificate: a sentence for whoever runs the server. */
export class AcmeFault extends Error {
  override readonly name = 'AcmeFault';
  /** Of the directory's problem, without its namespace: `badNonce` (RFC 8555, 6.7); undefined if it didn't answer with one. */
  readonly type: string | undefined;

  constructor(message: string, type?: string) {
    super(message);
    this.type = type;
  }
}

/** A problem document (RFC 9457), also within a challenge. */
export const AcmeProblem = v.object({
  type: v.optional(v.string(), ''),
  detail: v.optional(v.string(), ''),
  subproblems: v.optional(v.array(v.object({ detail: v.optional(v.string(), '') })), []),
});
export type AcmeProblem = v.InferOutput<typeof AcmeProblem>;

/** Max characters of a directory's own words that are shown. */
const WORDS = 500;

export function typeOf({ type }: AcmeProblem): string {
  return type.replace('urn:ietf:params:acme:error:', '');
}

/** Returns what the directory says, on one line, and without what would garble a terminal. */
export function wordsOf(problem: AcmeProblem): string {
  const words = [problem.detail, ...problem.subproblems.map(({ detail }) => detail)].filter(Boolean);
  const text = (words.join('; ') || 'no reason given').replace(/[\p{Cc}\s]+/gu, ' ').slice(0, WORDS);
  return `${text} (${typeOf(problem) || 'no type'})`;
}

/** What a failed connection means, by its error code. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'it refuses connections'],
  ['ECONNRESET', 'it closed the connection'],
  ['UND_ERR_SOCKET', 'it closed the connection'],
  ['EHOSTUNREACH', 'there is no way to it from here'],
  ['ENETUNREACH', 'there is no way to it from here'],
  ['ETIMEDOUT', "it doesn't answer"],
  ['UND_ERR_CONNECT_TIMEOUT', "it doesn't answer"],
  ['UND_ERR_HEADERS_TIMEOUT', "it doesn't answer"],
  ['ENOTFOUND', "its name can't be looked up"],
  ['EAI_AGAIN', "its name can't be looked up, as DNS doesn't answer"],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its own certificate is for another name'],
]);
const UNTRUSTED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const DATED: ReadonlySet<string> = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/**
 * Returns the fault of a request that got no answer.
 * @param thrown by `fetch`
 * @param now milliseconds since 1970, by this machine's clock
 */
export function unreachable(url: string, thrown: unknown, now: number): AcmeFault {
  const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return new AcmeFault(`The directory at ${new URL(url).host} can't be asked: ${reason(code, cause, now)}.`);
}

function reason(code: string, cause: unknown, now: number): string {
  if (UNTRUSTED.has(code)) {
    return `this machine doesn't trust the CA of its certificate (${code}); name the CA's file in NODE_EXTRA_CA_CERTS if it is your own`;
  }
  if (DATED.has(code)) {
    const clock = `this machine's clock says ${new Date(now).toISOString()}`;
    return `its certificate isn't valid at this time (${code}), and ${clock}; set the clock if that is wrong`;
  }
  const known = REASONS.get(code);
  return known === undefined ? `${messageOf(cause)}${code === '' ? '' : ` (${code})`}` : `${known} (${code})`;
}
