import { createHmac } from 'node:crypto';
import * as v from 'valibot';
import { isSameSecret } from './secrets.ts';

/** Carries the doctor's question in a request to `/health`, and the server's answer in the response. */
export const DOCTOR_HEADER = 'x-parley-doctor';
/** Name of the secret in the database's settings. The server makes it; the doctor only reads it. */
export const DOCTOR_SECRET = 'doctor-secret';

/** What a running server tells the doctor of the request that carried the question, and of itself. */
export const DoctorAnswer = v.object({
  /** The other end of the TCP connection: the doctor or a proxy. */
  peer: v.string(),
  /** The client's address, as the server takes it for its limits. */
  address: v.string(),
  /** Whether the request had an `X-Forwarded-For`. */
  isForwarded: v.boolean(),
  /** Whether it had `Upgrade: websocket`. */
  isUpgrade: v.boolean(),
  /** Whether `peer` is in `TRUSTED_PROXIES`. */
  isTrusted: v.boolean(),
  /** Milliseconds since 1970. */
  now: v.number(),
  /** File descriptors that the process may open; null: no limit. */
  descriptors: v.nullable(v.number()),
  /** Digests of some settings, by name. */
  settings: v.record(v.string(), v.string()),
});
export type DoctorAnswer = v.InferOutput<typeof DoctorAnswer>;

/** Returns the question's header. Only whoever can read the database can make it. */
export function makeQuestion(secret: string, nonce: string): string {
  return `${nonce}.${mac(secret, 'question', nonce)}`;
}

/** Returns the nonce of a question that was made with the secret; undefined for anything else. Compares in constant time. */
export function nonceOf(secret: string, question: string): string | undefined {
  const [, nonce, proof] = /^([\w-]{16,64})\.([\w-]{43})$/.exec(question) ?? [];
  if (nonce === undefined || proof === undefined) return undefined;
  return isSameSecret(proof, mac(secret, 'question', nonce)) ? nonce : undefined;
}

/** Returns the answer's header. It is worth nothing for another nonce, so no other server can give it. */
export function makeAnswer(secret: string, nonce: string, answer: DoctorAnswer): string {
  const payload = Buffer.from(JSON.stringify(answer)).toString('base64url');
  return `${payload}.${mac(secret, 'answer', `${nonce}.${payload}`)}`;
}

/** Returns the answer to this nonce; undefined if a server without the secret gave it. */
export function readAnswer(secret: string, nonce: string, header: string): DoctorAnswer | undefined {
  const [payload = '', proof = ''] = header.split('.');
  if (!isSameSecret(proof, mac(secret, 'answer', `${nonce}.${payload}`))) return undefined;
  return v.parse(DoctorAnswer, JSON.parse(Buffer.from(payload, 'base64url').toString()));
}

/** Returns a digest by which two processes with the secret find out whether they have the same value of a setting. */
export function digestOf(secret: string, setting: string, value: string): string {
  return mac(secret, 'setting', `${setting}=${value}`);
}

function mac(secret: string, purpose: 'question' | 'answer' | 'setting', text: string): string {
  return createHmac('sha256', secret).update(`${purpose}:${text}`).digest('base64url');
}
