import { randomBytes } from 'node:crypto';
import {
  DOCTOR_HEADER,
  DOCTOR_SECRET,
  type DoctorAnswer,
  makeQuestion,
  readAnswer,
} from '../../lib/doctor-proof.ts';
import { probe, type Reached } from '../io/http-probe.ts';
import type { Facts, ServerFacts } from './facts.ts';

/** Milliseconds for an answer from this machine. */
const LOCAL_MS = 3_000;

export async function askServer({
  settings,
  database,
}: Pick<Facts, 'settings' | 'database'>): Promise<ServerFacts> {
  const { config } = settings;
  const secret = database.peek(config.databasePath, DOCTOR_SECRET);
  const name = config.publicUrl === undefined ? undefined : new URL(config.publicUrl).hostname;
  let url = localUrl('http:', config);
  let { reached, answer } = await askProof(url, secret, LOCAL_MS);
  // A server that speaks HTTPS closes the connection.
  if (reached.kind === 'failed' && reached.code !== 'ECONNREFUSED') {
    const secure = localUrl('https:', config);
    const second = await askProof(secure, secret, LOCAL_MS, name);
    if (second.reached.kind === 'answered') ({ reached, answer } = second);
    if (second.reached.kind === 'answered') url = secure;
  }
  if (reached.kind === 'failed') {
    return reached.code === 'ECONNREFUSED'
      ? { kind: 'none', url }
      : { kind: 'other', url, said: reached.message };
  }
  if (answer !== undefined && secret !== undefined) return { kind: 'parley', url, secret, answer };
  if (isHealth(reached)) return { kind: 'unproven', url, hasSecret: secret !== undefined };
  return { kind: 'other', url, said: reached.kind === 'answered' ? `HTTP ${reached.status}` : reached.kind };
}

/** Asks a server for the proof that it is this one. */
export async function askProof(
  origin: URL,
  secret: string | undefined,
  timeoutMs: number,
  servername?: string,
): Promise<{ readonly reached: Reached; readonly answer: DoctorAnswer | undefined }> {
  const nonce = randomBytes(24).toString('base64url');
  const headers = secret === undefined ? {} : { [DOCTOR_HEADER]: makeQuestion(secret, nonce) };
  const reached = await probe({ url: new URL('/health', origin), headers, timeoutMs, servername });
  const said = reached.kind === 'answered' ? reached.headers.get(DOCTOR_HEADER) : undefined;
  const answer = secret === undefined || said === undefined ? undefined : readAnswer(secret, nonce, said);
  return { reached, answer };
}

export function isHealth(reached: Reached): boolean {
  return reached.kind === 'answered' && reached.status === 200 && reached.body.trim() === '{"status":"ok"}';
}

/** The address of a server that listens on `host`, as this machine reaches it. */
function localUrl(scheme: 'http:' | 'https:', { host, port }: Facts['settings']['config']): URL {
  const local = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host;
  return new URL(
    `${scheme}//${local.includes(':') && !local.startsWith('[') ? `[${local}]` : local}:${port}`,
  );
}
