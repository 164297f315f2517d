import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import { SEND_KINDS } from '../../../src/protocol/room-fields.ts';
import { PLAIN_ROOM } from '../../support/server/rooms.ts';
import { USER, WELCOME } from '../signaling/wire.ts';

const DIST = resolve(import.meta.dirname, '../../../dist');

interface Peer {
  readonly peerId: string;
  readonly userId: string;
  token: string;
  socket: WebSocket | undefined;
  sent: string[];
  lastId: number;
  roomId: string | undefined;
  media: unknown;
}

interface Frame {
  event: string;
  id?: number;
  payload?: Record<string, unknown>;
}

/** A message of one person for another. */
export interface Passing {
  readonly event: string;
  readonly from: string;
  readonly to: string;
  readonly payload: Record<string, unknown>;
}

/** Serves a blank page and the built SDK, and signals for a call; it can lose connections, sessions and messages. */
export interface StandIn {
  readonly url: string;
  /** Breaks all connections; sessions can be resumed. */
  cut(): void;
  /** Breaks all connections and forgets all sessions, as after SIGKILL. */
  forget(): void;
  /** Sends an event to everybody. */
  tell(event: string, payload: unknown): void;
  /** Holds the next offers back until there are two, so that they cross. */
  holdOffers(): void;
  /** The ICE servers that newcomers get. */
  iceServers: RTCIceServer[];
  /** Acknowledges, but drops, the next `count` events of this name that are sent to somebody. */
  lose(event: string, to: string, count: number): void;
  /** What others than those who are meant make of a message; undefined: nothing arrives. */
  between: ((message: Passing) => Promise<Record<string, unknown> | undefined>) | undefined;
  /** All events from clients, in order. */
  readonly came: { event: string; from: string; payload: Record<string, unknown> }[];
  close(): Promise<void>;
}

export async function standIn(): Promise<StandIn> {
  const came: StandIn['came'] = [];
  let peers: Peer[] = [];
  let held: (() => void)[] | undefined;
  const losses = new Map<string, number>();
  /** What others have between them, one message after the other. */
  let passing = Promise.resolve();
  const http = createServer(async ({ url }, response) => {
    if (url === '/client.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' });
      response.end(await readFile(`${DIST}/client.js`));
    } else {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><title>blank</title>');
    }
  });
  const sockets = new WebSocketServer({ server: http, handleProtocols: () => 'parley.v1' });

  const send = (peer: Peer, event: string, payload?: unknown, re?: number): void => {
    const text = JSON.stringify({ event, seq: peer.sent.length + 1, re, payload });
    peer.sent.push(text);
    peer.socket?.send(text);
  };
  const inside = (peer: Peer): Peer[] =>
    peers.filter((other) => other !== peer && peer.roomId !== undefined && other.roomId === peer.roomId);
  const shown = ({ peerId, userId, media, socket }: Peer, polite: boolean) => ({
    peerId,
    userId,
    username: null,
    displayName: userId,
    userInfo: null,
    media,
    state: socket === undefined ? 'suspended' : 'live',
    polite,
    host: false,
    send: SEND_KINDS,
    hand: null,
  });
  const leave = (peer: Peer, reason: string): void => {
    for (const other of inside(peer)) send(other, 'peer:left', { peerId: peer.peerId, reason });
    peer.roomId = undefined;
  };
  const answer = (peer: Peer, { event, id, payload = {} }: Frame): void => {
    if (id !== undefined && id <= peer.lastId) return;
    peer.lastId = id ?? peer.lastId;
    came.push({ event, from: peer.userId, payload });
    if (event === 'ping') send(peer, 'pong', { serverTime: WELCOME.serverTime });
    if (event === 'room:join') {
      peer.roomId = String(payload['roomId']);
      peer.media = payload['media'];
      const found = inside(peer).map((other) => shown(other, true));
      send(
        peer,
        'room:joined',
        {
          room: roomOf(peer.roomId),
          peerId: peer.peerId,
          peers: found,
          iceServers: self.iceServers,
          you: { host: false, send: SEND_KINDS },
          data: {},
          chat: { lastId: null },
        },
        id,
      );
      for (const other of inside(peer)) send(other, 'peer:joined', { peer: shown(peer, false) });
      return;
    }
    if (event === 'room:leave') leave(peer, 'left');
    if (event === 'media:state') {
      peer.media = payload;
      for (const other of inside(peer)) send(other, 'peer:media', { peerId: peer.peerId, ...payload });
    }
    if (event.startsWith('call:')) {
      const target = inside(peer).find(({ peerId }) => peerId === payload['to']);
      if (target === undefined) {
        send(peer, 'error', { code: 'peer_gone', message: 'That peer is gone.' }, id);
        return;
      }
      const lost = losses.get(`${event} ${target.userId}`) ?? 0;
      losses.set(`${event} ${target.userId}`, lost - 1);
      const sendOn = (told: Record<string, unknown>) =>
        send(target, event, { ...told, from: peer.peerId, fromUserId: peer.userId });
      const relay = () => {
        const { between } = self;
        if (lost > 0) return;
        if (between === undefined) sendOn(payload);
        else
          passing = passing.then(async () => {
            const told = await between({ event, from: peer.userId, to: target.userId, payload });
            if (told !== undefined) sendOn(told);
          });
      };
      if (event === 'call:offer') held?.push(relay);
      if (event !== 'call:offer' || held === undefined) relay();
      else if (held.length === 2) {
        const crossing = held;
        held = undefined;
        for (const release of crossing) release();
      }
    }
    if (id !== undefined) send(peer, 'ack', undefined, id);
  };

  sockets.on('connection', (socket, { headers }) => {
    const offered = String(headers['sec-websocket-protocol']).split(/, ?/);
    const userId = offered.find((each) => each.startsWith('token.'))?.slice(6) ?? '';
    const [, token, seq] = offered.find((each) => each.startsWith('resume.'))?.split('.') ?? [];
    const known = peers.find((each) => each.token === token);
    const peer = known ?? {
      peerId: randomUUID(),
      userId,
      token: '',
      socket,
      sent: [],
      lastId: 0,
      roomId: undefined,
      media: { audio: false, video: false, screen: false },
    };
    peer.socket = socket;
    peer.token = randomUUID();
    const welcome = {
      ...WELCOME,
      peerId: peer.peerId,
      user: { ...USER, id: userId, displayName: userId },
      resumeToken: peer.token,
      resumed: known !== undefined,
      lastId: peer.lastId,
    };
    if (known === undefined) {
      peers.push(peer);
      send(peer, 'welcome', welcome);
    } else {
      socket.send(JSON.stringify({ event: 'welcome', payload: welcome }));
      for (const text of peer.sent.slice(Number(seq))) socket.send(text);
    }
    socket.on('message', (data) => answer(peer, JSON.parse(String(data))));
    socket.on('close', (code) => {
      if (peer.socket !== socket) return;
      peer.socket = undefined;
      if (code !== 1000 && code !== 1001) return;
      leave(peer, 'left');
      peers = peers.filter((each) => each !== peer);
    });
  });

  const cut = (): void => {
    for (const socket of sockets.clients) socket.terminate();
  };
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  const { port } = http.address() as AddressInfo;
  const self: StandIn = {
    iceServers: [],
    between: undefined,
    lose(event, to, count) {
      losses.set(`${event} ${to}`, count);
    },
    url: `http://localhost:${port}`,
    came,
    holdOffers() {
      held = [];
    },
    cut,
    tell(event, payload) {
      for (const peer of peers) send(peer, event, payload);
    },
    forget() {
      peers = [];
      cut();
    },
    async close() {
      cut();
      sockets.close();
      await new Promise((done) => http.close(done));
    },
  };
  return self;
}

function roomOf(id: string) {
  return { ...PLAIN_ROOM, id, createdAt: WELCOME.serverTime, participants: 1 };
}
