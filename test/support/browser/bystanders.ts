import { once } from 'node:events';
import * as v from 'valibot';
import { WebSocket } from 'ws';
import { CreateRoomReply, TokensReply } from '../../../src/protocol/bodies.ts';
import { ServerEnvelope } from '../../../src/protocol/events.ts';
import type { Room } from '../../../src/protocol/room-fields.ts';

/** People in a room who send nothing. They fill tiles at the cost of one socket each. */
export interface Bystanders {
  /** Creates a room and returns the path of its page. */
  room(
    request: Partial<Pick<Room, 'name' | 'max' | 'chat'>> & { password?: string },
  ): Promise<{ path: string }>;
  /** Lets `count` people join, one after the other. */
  come(path: string, count: number, names?: readonly string[]): Promise<void>;
  leave(): Promise<void>;
}

const NAMES = [
  'Maya Lindqvist',
  'Tomás Ferreira',
  'Ирина Соколова',
  'Ken',
  'Adaeze Okafor',
  'Jonas',
  'Leïla Haddad',
];

export function createBystanders(server: () => { url: string; wsUrl: string }): Bystanders {
  const sockets: WebSocket[] = [];

  async function post(path: string, body: unknown, token?: string): Promise<unknown> {
    const response = await fetch(`${server().url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }

  async function tokenFor(displayName: string): Promise<string> {
    const { accessToken } = v.parse(TokensReply, await post('/auth/guest', { displayName }));
    return accessToken;
  }

  async function comeIn(roomId: string, name: string): Promise<void> {
    const token = await tokenFor(name);
    const socket = new WebSocket(`${server().wsUrl}/ws/rooms/${roomId}`, ['parley.v1', `token.${token}`]);
    sockets.push(socket);
    // One listener for both, because welcome and room:joined may arrive together.
    await new Promise<void>((resolve, reject) => {
      socket.on('message', (data) => {
        if (v.parse(ServerEnvelope, JSON.parse(String(data))).event === 'room:joined') resolve();
      });
      socket.once('error', reject);
      socket.once('close', (code) => reject(new Error(`${name} was closed out with ${code}`)));
    });
  }

  return {
    async room(request) {
      const reply = await post('/rooms', request, await tokenFor('Host'));
      return { path: `/connect/${v.parse(CreateRoomReply, reply).room.id}` };
    },
    async come(path, count, names = NAMES) {
      const roomId = path.split('/').at(-1) ?? '';
      for (const name of names.slice(0, count)) await comeIn(roomId, name);
    },
    async leave() {
      // Who was put out is gone already.
      const inside = sockets.splice(0).filter(({ readyState }) => readyState === WebSocket.OPEN);
      const closing = inside.map((socket) => {
        const closed = once(socket, 'close');
        socket.close(1000);
        return closed;
      });
      await Promise.all(closing);
    },
  };
}
