import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import openapiTypescript, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer } from '../../support/server/server.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** What a developer writes with the types that openapi-typescript makes of `/openapi.json`. */
const CLIENT = `
import createClient from 'openapi-fetch';
import type { components, paths } from './parley.js';

export async function makeRoom(baseUrl: string): Promise<components['schemas']['Room']> {
  const parley = createClient<paths>({ baseUrl });
  const guest = await parley.POST('/auth/guest', { body: { displayName: 'Ada' } });
  if (guest.error !== undefined) throw new Error(guest.error.detail);
  const headers = { Authorization: \`Bearer \${guest.data.accessToken}\` };
  const made = await parley.POST('/rooms', { body: { name: 'Tea', max: 3 }, headers });
  if (made.error !== undefined) throw new Error(made.error.code);
  const { data } = await parley.GET('/rooms/{roomId}', { params: { path: { roomId: made.data.room.id } }, headers });
  if (data === undefined) throw new Error('the room is gone');
  return data.room;
}
`;
const WRONG = CLIENT.replace('max: 3', "max: 'three'");

let server: TestServer;
let folder: string;
beforeAll(async () => {
  server = await startServer();
  // In the build, so that packages are found from there.
  folder = await mkdtemp(join(ROOT, 'dist/generated-client-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await server.close();
});

it('a client that openapi-typescript generates compiles, and makes a room', async () => {
  const types = astToString(await openapiTypescript(new URL('/openapi.json', server.url)));
  await writeFile(join(folder, 'parley.d.ts'), types);
  expect(await compile('client.ts', CLIENT)).toEqual([]);
  expect(await compile('wrong.ts', WRONG)).toEqual([expect.stringContaining("'string' is not assignable")]);
  const { makeRoom } = await import(/* @vite-ignore */ pathToFileURL(join(folder, 'client.js')).href);
  expect(await makeRoom(server.url)).toMatchObject({ name: 'Tea', max: 3, participants: 0 });
});

/** Writes a source file and what it compiles to. @returns the compiler's complaints */
async function compile(name: string, source: string): Promise<string[]> {
  const path = join(folder, name);
  await writeFile(path, source);
  const program = ts.createProgram([path], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    skipLibCheck: true,
    types: [],
  });
  program.emit();
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
