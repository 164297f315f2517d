import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { start } from '../server/process.ts';
import type { Pair } from './authority.ts';

/** A site of nginx before a server. */
export interface Site {
  readonly pair: Pair | undefined;
  /** The server's port. */
  readonly to: number;
  /** Directives of `location /`. Default: those of the handbook. */
  readonly directives?: string;
}

export const FORWARD = 'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;';
export const HOST = 'proxy_set_header Host $host;';
export const HTTP11 = 'proxy_http_version 1.1;';
export const UPGRADE =
  'proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;';

/** A port for each site, held until nginx takes it, so that no other test gets it meanwhile. */
export interface Ports<Name extends string> {
  readonly of: Readonly<Record<Name, number>>;
  release(): Promise<void>;
}

export async function holdPorts<Name extends string>(names: readonly Name[]): Promise<Ports<Name>> {
  const holders = await Promise.all(names.map(() => listening()));
  const of = Object.fromEntries(names.map((name, index) => [name, portOf(holders[index])]));
  return {
    of: of as Record<Name, number>,
    async release() {
      await Promise.all(holders.map((holder) => new Promise((closed) => holder.close(closed))));
    },
  };
}

async function listening(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server | undefined): number {
  const address = server?.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Starts one nginx with all sites, by port, which must be free. Resolves once it takes connections. */
export async function startSites(
  folder: string,
  sites: ReadonlyMap<number, Site>,
): Promise<() => Promise<void>> {
  const place = join(folder, 'nginx');
  mkdirSync(place);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${place}/${kind};`,
  );
  const servers = [...sites].map(([port, { pair, to, directives = HTTP11 + HOST + UPGRADE + FORWARD }]) => {
    const tls = pair === undefined ? '' : `ssl_certificate ${pair.cert}; ssl_certificate_key ${pair.pkey};`;
    return `server { listen 127.0.0.1:${port}${pair === undefined ? '' : ' ssl'}; ${tls}
      location / { proxy_pass http://127.0.0.1:${to}; ${directives} } }`;
  });
  const path = join(place, 'nginx.conf');
  writeFileSync(
    path,
    `daemon off; pid ${place}/pid; error_log stderr notice; events {}
     http { access_log off; ${temporary.join(' ')}
       map $http_upgrade $connection_upgrade { default upgrade; '' close; }
       ${servers.join('\n')} }`,
  );
  const nginx = start('/usr/sbin/nginx', ['-c', path, '-e', 'stderr']);
  await nginx.says(/start worker process /, 30_000);
  return () => nginx.stop('SIGTERM');
}

export function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
  });
}
