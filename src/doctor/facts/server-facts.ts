import { randomBytes } from 'node:crypto';
import {
  DOCTOR_HEADER,
  DOCTOR_SECRET,
  type DoctorAnswer,
  makeQuestion,
  readAnswer,
} from '../../lib/doctor-proof.ts';
import { probe, type Reached } from '../io/http-probe.ts';
import { startStandIn } from '../io/stand-in.ts';
import type { Facts, ServerFacts } from './facts.ts';

/** Milliseconds for an answer from this machine. */
const LOCAL_MS = 3_000;

/** @param closers gets what ends the stand-in, if no server runs */
export async function askServer(
  facts: Pick<Facts, 'settings' | 'database' | 'clock'>,
  closers: (() => void)[],
): Promise<ServerFacts> {
  const { config } = facts.settings;
  const secret = facts.database.peek(config.databasePath, DOCTOR_SECRET);
  const name = config.publicUrl === undefined ? undefined : new URL(config.publicUrl).hostname;
  const schemes = config.tls === undefined ? (['http:', 'https:'] as const) : (['https:', 'http:'] as const);
  const url = localUrl(schemes[0], config);
  let found = { url, ...(await askProof(url, secret, LOCAL_MS, name)) };
  if (found.reached.kind === 'failed' && found.reached.code === 'ECONNREFUSED')
    return standIn(facts, url, closers);
  // A server that speaks the other scheme closes the connection, or answers with an error.
  if (!isHealth(found.reached)) {
    const other = localUrl(schemes[1], config);
    const second = await askProof(other, secret, LOCAL_MS, name);
    if (second.reached.kind === 'answered') found = { url: other, ...second };
  }
  const { reached, answer } = found;
  if (answer !== undefined && secret !== undefined) return { kind: 'parley', url: found.url, secret, answer };
  if (isHealth(reached)) return { kind: 'unproven', url: found.url, hasSecret: secret !== undefined };
  const said = reached.kind === 'answered' ? `HTTP ${reached.status}` : 'no HTTP';
  return { kind: 'other', url: found.url, said };
}

async function standIn(
  { settings: { config }, clock }: Pick<Facts, 'settings' | 'clock'>,
  url: URL,
  closers: (() => void)[],
): Promise<ServerFacts> {
  const secret = randomBytes(32).toString('base64url');
  const server = await startStandIn({ config, secret, now: clock.now });
  if (server === undefined) return { kind: 'none', url };
  closers.push(() => server.close());
  return { kind: 'stand_in', url, secret };
}

/** Asks a server for the proof that it is this one. */
export async function askProof(
  origin: URL,
  secret: string | undefined,
  timeoutMs: number,
  servername?: string,
  upgrade = false,
): Promise<{ readonly reached: Reached; readonly answer: DoctorAnswer | undefined }> {
  const nonce = randomBytes(24).toString('base64url');
  const headers = secret === undefined ? {} : { [DOCTOR_HEADER]: makeQuestion(secret, nonce) };
  const reached = await probe({ url: new URL('/health', origin), headers, timeoutMs, servername, upgrade });
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
