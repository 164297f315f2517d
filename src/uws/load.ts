import { env } from 'node:process';
import { messageOf, StartError } from '../domain/errors.ts';
import { loadPackage } from '../lib/packages.ts';
import type { Uws } from './types.ts';

/** What the loader needs to know of the machine; tests pass another one. */
export interface Machine {
  require(name: string): unknown;
  /** As `process.platform` and `process.arch`. */
  platform: string;
  arch: string;
  /** As `process.versions.node`: `20.19.1`. */
  node: string;
  /** Returns the version of glibc, such as `2.36`; undefined if the C library is another one. */
  glibc(): string | undefined;
}

/**
 * Max bytes of a request's head; above, uWS answers 431 [HT5]. Its default of 4 KiB is too small, because cookies of other
 * services at the same domain come with every request. uWS reads the setting when it is loaded.
 */
export const HEAD_BYTES = 16_384;

/**
 * Loads the first uWebSockets.js build that runs here: an official one that the user installed, then the npm packages in
 * `optionalDependencies`, newer ones first. Skips a package that is installed but doesn't load, because it needs a newer
 * glibc, for example.
 * @throws StartError if none loads; the message says which Node and glibc go together
 */
export function loadUws(machine: Machine = thisMachine()): Uws {
  return find(machine).uws;
}

/** The name of the package that runs here. @throws as `loadUws` */
export function uwsPackage(): string {
  return find(thisMachine()).name;
}

/** @throws as `loadUws` */
export function uwsVersion(): string {
  const manifest = loadPackage(`${uwsPackage()}/package.json`);
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}

function find(machine: Machine): { readonly uws: Uws; readonly name: string } {
  const refusals: string[] = [];
  for (const name of candidates(machine)) {
    try {
      const found = machine.require(name);
      if (isUws(found)) return { uws: found, name };
      refusals.push(`${name}: not a uWebSockets.js build`);
    } catch (thrown) {
      refusals.push(`${name}: ${isAbsent(thrown, name) ? 'not installed' : messageOf(thrown)}`);
    }
  }
  throw new StartError(explain(machine, refusals));
}

function candidates({ platform, arch, node }: Machine): string[] {
  const major = node.split('.')[0] ?? '';
  return ['uWebSockets.js', `@uwsjs/${platform}-${arch}-${major}`, `uws-legacy-${major}`];
}

function isUws(value: unknown): value is Uws {
  return (
    typeof value === 'object' &&
    value !== null &&
    'App' in value &&
    typeof value.App === 'function' &&
    'us_listen_socket_close' in value &&
    'LIBUS_LISTEN_EXCLUSIVE_PORT' in value
  );
}

/** Returns whether `name` itself is missing, rather than something it needs. */
function isAbsent(thrown: unknown, name: string): boolean {
  if (!(thrown instanceof Error) || !('code' in thrown) || thrown.code !== 'MODULE_NOT_FOUND') return false;
  return thrown.message.startsWith(`Cannot find module '${name}'`);
}

function explain(machine: Machine, refusals: readonly string[]): string {
  const { platform, arch, node } = machine;
  const glibc = machine.glibc();
  return [
    `No build of uWebSockets.js runs here (Node ${node}, ${platform} ${arch}, ${glibc === undefined ? 'no glibc' : `glibc ${glibc}`}).`,
    ...refusals.map((refusal) => `  ${refusal}`),
    'Builds come with `npm ci` for Linux on x64 with Node 20 or 22 (glibc 2.27 or later: Debian 10, Ubuntu 18.04)',
    'and Node 24 or 26 (glibc 2.38 or later: Debian 13, Ubuntu 24.04). If yours is among them, run `npm ci` again',
    'without --omit=optional. For any other system take an official build, at the tag that has your Node:',
    '  npm install github:uNetworking/uWebSockets.js#v20.51.0',
  ].join('\n');
}

function thisMachine(): Machine {
  // uWS takes this setting from the environment only. Parley's own settings are read by main.ts.
  env['UWS_HTTP_MAX_HEADERS_SIZE'] = String(HEAD_BYTES);
  return {
    require: loadPackage,
    platform: process.platform,
    arch: process.arch,
    node: process.versions.node,
    glibc: glibcVersion,
  };
}

/** Node tells the version only in its diagnostic report. */
function glibcVersion(): string | undefined {
  const report: unknown = process.report.getReport();
  if (typeof report !== 'object' || report === null || !('header' in report)) return undefined;
  const { header } = report;
  if (typeof header !== 'object' || header === null || !('glibcVersionRuntime' in header)) return undefined;
  return String(header.glibcVersionRuntime);
}
