import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complaintsOf } from '../support/compile.ts';
import { accountsExample, readmeExample, roomsExample } from './support/readme-example.ts';

const DIST = resolve(import.meta.dirname, '../../dist');

/** As a user would write it, with only the two files that the server serves. */
const CONSUMER = `
import { connect, createRoom, findRoom, LIMITS, ParleyClientError, restoreAccount, signInAsGuest } from './client.js';
import type { Call, ClientErrorCode, MediaState, PeerStats, RemotePeer, Room } from './client.js';

export async function talk(tile: (peer: RemotePeer) => HTMLVideoElement): Promise<Call> {
  const account = restoreAccount({ storage: localStorage }) ?? (await signInAsGuest({ displayName: 'Ann' }));
  const { room, url } = await createRoom(account, { name: 'Tea', max: 4 });
  const found: Room = await findRoom(account, room.id);
  const client = await connect({ token: account.token });
  client.on('state', (state) => console.log(state === 'reconnecting', url, found.participants));
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  const call = await client.join(room.id, {
    microphone: stream.getAudioTracks()[0] ?? null,
    camera: stream.getVideoTracks()[0],
    userInfo: { team: 1 },
  });
  const show = (peer: RemotePeer): void => {
    peer.on('track', (kind, track) => {
      if (kind === 'camera' && track !== null) tile(peer).srcObject = new MediaStream([track]);
    });
  };
  for (const peer of call.peers.values()) show(peer);
  call.on('peer', show);
  call.on('peerleft', (peer, reason) => console.log(peer.displayName?.length, reason === 'timeout'));
  const media: MediaState = call.media;
  const stats: PeerStats[] = await Promise.all([...call.peers.values()].map((peer) => peer.stats()));
  console.log(media.audio, stats[0]?.path === 'relayed');
  return call;
}

export const nameField = { maxLength: LIMITS.displayName.max, people: LIMITS.people.default };

/** A switch over the code narrows the other fields. */
export function pauseAfter(error: unknown): number {
  if (!(error instanceof ParleyClientError)) throw error;
  switch (error.code) {
    case 'rate_limited':
      return error.retryAfterMs ?? 1_000;
    case 'kicked': {
      const closeCode: number = error.closeCode;
      return closeCode;
    }
    default:
      return 0;
  }
}

export function reason(error: unknown): ClientErrorCode | undefined {
  return error instanceof ParleyClientError && error.code === 'room_full' ? error.code : undefined;
}
`;

/** The types of `ws` are in a package of their own; this is the part that matters. */
const NODE = `
import { connect, type Client } from './client.js';
declare class WebSocket {
  constructor(address: string | URL, protocols?: string | string[], options?: object);
  send(data: string | Buffer, cb?: (err?: Error) => void): void;
  close(code?: number, data?: string | Buffer): void;
  addEventListener(type: 'message', listener: (event: { data: string | Buffer | ArrayBuffer; type: string; target: WebSocket }) => void, options?: object): void;
  addEventListener(type: 'close', listener: (event: { wasClean: boolean; code: number; reason: string }) => void, options?: object): void;
  addEventListener(type: 'error', listener: (event: { error: unknown; message: string }) => void, options?: object): void;
  addEventListener(type: 'open', listener: (event: { type: string }) => void, options?: object): void;
}
declare class Buffer {}
export const open = (token: string): Promise<Client> => connect({ baseUrl: 'https://calls.example.org', token, WebSocket });
`;

const MISTAKES = `
import type { Call, ParleyClientError, RemotePeer } from './client.js';
export const one = (call: Call) => call.on('nonsense', () => {});
export const two = (peer: RemotePeer): string => peer.displayName;
export const three = (peer: RemotePeer) => peer.close();
export const four = (error: ParleyClientError): number | false => error.code === 'forbidden' && error.retryAfterMs;
export const five = (error: ParleyClientError): boolean => error.code === 'no_such_code';
`;

describe('dist/client.d.ts', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-consumer-'));
    await copyFile(join(DIST, 'client.d.ts'), join(folder, 'client.d.ts'));
    await writeFile(join(folder, 'consumer.ts'), CONSUMER);
    await writeFile(join(folder, 'mistakes.ts'), MISTAKES);
    for (const [file, example] of [
      ['readme.ts', readmeExample()],
      ['rooms.ts', roomsExample()],
      ['accounts.ts', accountsExample()],
    ] as const) {
      await writeFile(
        join(folder, file),
        example.replace('https://calls.example.org/client.js', './client.js'),
      );
    }
    await writeFile(join(folder, 'node.ts'), NODE);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is one file without imports', async () => {
    const { importedFiles, referencedFiles } = ts.preProcessFile(
      await readFile(join(DIST, 'client.d.ts'), 'utf8'),
    );
    expect([...importedFiles, ...referencedFiles]).toEqual([]);
  });

  it('compiles in a strict program, in a folder without packages', () => {
    expect(complaints('consumer.ts')).toEqual([]);
  });

  it.each(['readme.ts', 'rooms.ts', 'accounts.ts'])(
    'compiles the README’s examples as they stand: %s',
    (file) => {
      expect(complaints(file)).toEqual([]);
    },
  );

  it('accepts the WebSocket of the package ws, for Node before 22', () => {
    expect(complaints('node.ts')).toEqual([]);
  });

  it('catches mistakes', () => {
    expect(complaints('mistakes.ts')).toEqual([
      expect.stringContaining('"nonsense"'),
      expect.stringContaining("'string | null' is not assignable"),
      expect.stringContaining("'close' does not exist"),
      expect.stringContaining("'undefined' is not assignable"),
      expect.stringContaining('no overlap'),
    ]);
  });

  const complaints = (file: string): string[] => complaintsOf([join(folder, file)]);
});
