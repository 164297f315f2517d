import * as v from 'valibot';
import { Problem } from '../../src/protocol/bodies.ts';
import { ENDPOINTS, type Endpoint, ERRORS_OF_ALL, NoBody } from '../../src/protocol/endpoints.ts';
import { SeededRandom } from '../support/turn/random.ts';
import { type Scene, startScene, USING_UP } from './http-fuzz-scene.ts';
import { startRooms } from './room-stage.ts';

const NOWHERE = '33333333-3333-4333-8333-333333333333';
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;
/** What any path under `/rooms` may answer to a method or a path that no endpoint has. */
const NO_ENDPOINT = ['method_not_allowed', 'not_found'];

interface Asked {
  /** '' sends none. */
  readonly token: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sent: string | undefined;
}

type Named = Endpoint & { readonly name: string };
const ROOM_ENDPOINTS: readonly Named[] = Object.entries(ENDPOINTS as Record<string, Endpoint>)
  .filter(([, { path }]) => path === '/rooms' || path.startsWith('/rooms/'))
  .map(([name, endpoint]) => ({ name, ...endpoint }));

const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1,
  2,
  50,
  51,
  1.5,
  1e308,
  '',
  'x',
  'Tea',
  '__proto__',
  '\ud800',
  '\u0000',
  'é'.repeat(5_000),
  [],
  {},
  ['audio'],
  ['audio', 'audio'],
  [null],
  { constructor: 1 },
  '2000-01-01T00:00:00.000Z',
  '2999-01-01T00:00:00.000Z',
  'since_join',
  'none',
  'all',
  'saucer of milk',
  4_102_444_800_000,
];
const FIELDS = [
  'name',
  'password',
  'max',
  'persistent',
  'listed',
  'waitingRoom',
  'locked',
  'chat',
  'relayOnly',
  'notBefore',
  'expiresAt',
  'endAtExpiry',
  'emptySeconds',
  'metadata',
  'userInfo',
  'invite',
  'admit',
  'message',
  'replyTo',
  'host',
  'send',
  'muted',
  'uses',
  'expiresInSeconds',
  'skipKnock',
  'constraints',
  'offers',
  'offer',
  'answers',
  'answer',
  'id',
  '__proto__',
];
const CONTENT_TYPES = ['text/plain', 'application/json', 'x', 'application/json; charset=utf-16'];
const TAGS = ['*', '""', '"x"', 'W/"x"', 'x', '"a", "b"', '"'.repeat(50)];

/** Paths that name nothing, or not as they should. */
const BAD_ROOMS = [NOWHERE, 'x', '%00', '%', '%ff', '__proto__'];
const BAD_IDS = [NOWHERE, 'none', '%F0%9F%91%8D', '%ED%A0%80', 'a'.repeat(3_000)];

/** Rooms with people of every kind, one after the other, and the requests of a seeded generator to them. */
export async function startHttpFuzz(seed: number) {
  const random = new SeededRandom(seed);
  const stage = await startRooms();
  const service = await stage.external('backend', { role: 'service' });
  const elsewhere = await stage.room();
  let scenes = 1;
  let turn = random.next(ROOM_ENDPOINTS.length);
  let scene: Scene = await startScene(stage, service, scenes);
  /** How often each endpoint succeeded. */
  const successes = new Map(ROOM_ENDPOINTS.map(({ name }) => [name, 0]));

  const value = (): unknown =>
    random.next(6) === 0 ? { [random.pick(FIELDS)]: random.pick(VALUES) } : random.pick(VALUES);
  const body = (): string => {
    const fields = Array.from({ length: 1 + random.next(3) }, () => [random.pick(FIELDS), value()] as const);
    const text = JSON.stringify(Object.fromEntries(fields));
    const kind = random.next(10);
    if (kind === 0) return random.mutate(Buffer.from(text)).toString('latin1');
    if (kind === 1) return JSON.stringify(value());
    return kind === 2 ? '[{"a":'.repeat(200) : text;
  };
  const query = (): string => {
    if (random.next(2) === 0) return '';
    const names = ['limit', 'after', 'before', 'around', 'q', 'filter', '__proto__'];
    const texts = [
      '0',
      '1',
      '100',
      '101',
      '-1',
      '1e3',
      '',
      'x',
      scene.messageId,
      '%00',
      'é',
      'eyJ4IjoxfQ',
      'WyJjYWxsIl0',
    ];
    return `?${new URLSearchParams([
      [random.pick(names), random.pick(texts)],
      [random.pick(names), random.pick(texts)],
    ])}`;
  };

  /** A request that should succeed, but for the tag, which is right or none. */
  async function validRequest({ name, path }: Named): Promise<Asked> {
    const { token, ids = [scene.roomId], body } = scene.valid(name, random);
    const left = [...ids];
    const headers: Record<string, string> = {};
    if (name === 'editRoom' && random.next(2) === 0) headers['If-Match'] = await scene.tag();
    const address = path.replaceAll(/:\w+/g, () => left.shift() ?? NOWHERE);
    return { token, path: address, query: '', headers, sent: body && JSON.stringify(body) };
  }

  /** Each endpoint gets as many valid requests as any other. */
  function nextInTurn(): Named {
    const [endpoint = random.pick(ROOM_ENDPOINTS)] = ROOM_ENDPOINTS.slice(turn++ % ROOM_ENDPOINTS.length);
    return endpoint;
  }

  function wildRequest({ path, request }: Named, method: string): Asked {
    const { roomId, ids } = scene;
    const address = path
      .replace(':roomId', random.pick([roomId, roomId, roomId, roomId, elsewhere, ...BAD_ROOMS]))
      .replaceAll(/:\w+/g, () => random.pick([...ids, ...BAD_IDS]));
    const token = random.pick(['', ...scene.tokens, 'x', `${scene.tokens[0]}x`]);
    const headers: Record<string, string> = {};
    if (random.next(3) === 0) headers[random.pick(['If-Match', 'If-None-Match'])] = random.pick(TAGS);
    if (random.next(5) === 0) headers['Content-Type'] = random.pick(CONTENT_TYPES);
    const hasBody = !['GET', 'HEAD'].includes(method) && (request !== NoBody || random.next(4) === 0);
    return { token, path: address, query: query(), headers, sent: hasBody ? body() : undefined };
  }

  /** Sends one request. @returns what is wrong with the answer, undefined if nothing */
  async function next(): Promise<string | undefined> {
    const isValid = random.next(3) === 0;
    const endpoint = isValid ? nextInTurn() : random.pick(ROOM_ENDPOINTS);
    const method = !isValid && random.next(8) === 0 ? random.pick(METHODS) : endpoint.method;
    const asked = isValid ? await validRequest(endpoint) : wildRequest(endpoint, method);
    const { token, path, headers, sent } = asked;
    const target = path + asked.query;
    const before = await state();
    const response = await fetch(stage.server.url + target, {
      method,
      headers: {
        Connection: 'keep-alive',
        ...headers,
        ...(token === '' ? {} : { Authorization: `Bearer ${token}` }),
      },
      redirect: 'manual',
      ...(sent === undefined ? {} : { body: sent }),
    });
    const text = await response.text();
    const wrong = complaint(endpoint, { method, path, token, response, text });
    const isUnchanged = response.status < 400 || (await state()) === before;
    if (response.status < 400) await count(method, path);
    if (wrong === undefined && isUnchanged) return undefined;
    return `${wrong ?? 'a refusal changed the room'}: ${method} ${target} ${JSON.stringify(headers)} ${sent?.slice(0, 300)} → ${response.status} ${text.slice(0, 300)}`;
  }

  /** Counts a success for each endpoint that it may be of, and begins another scene if it used up something. */
  async function count(method: string, path: string): Promise<void> {
    const parts = path.split('/');
    const isOf = (endpoint: Named): boolean => {
      const own = endpoint.path.split('/');
      const fits = (part: string, at: number): boolean => part.startsWith(':') || part === parts[at];
      return endpoint.method === method && own.length === parts.length && own.every(fits);
    };
    const names = ROOM_ENDPOINTS.filter(isOf).map(({ name }) => name);
    for (const name of names) successes.set(name, (successes.get(name) ?? 0) + 1);
    if (!names.some((name) => USING_UP.has(name))) return;
    scene.end();
    scenes += 1;
    scene = await startScene(stage, service, scenes);
  }

  /** What the backend sees of the room: settings, bans, invitations, who waits, chat. */
  async function state(): Promise<string> {
    const paths = ['', '/bans', '/invitations', '/knocks', '/chat', '/participants'];
    const parts = await Promise.all(
      paths.map(async (path) =>
        (await stage.ask('GET', `/rooms/${scene.roomId}${path}`, service.token)).text(),
      ),
    );
    return parts.join('\n');
  }

  function complaint(
    endpoint: Named,
    {
      method,
      path,
      token,
      response,
      text,
    }: { method: string; path: string; token: string; response: Response; text: string },
  ): string | undefined {
    const { status } = response;
    if (status >= 500) return 'the server failed';
    if (status < 400) return undefined;
    if (method === 'HEAD') return undefined;
    if (response.headers.get('content-type') !== 'application/problem+json') return 'not a problem';
    const { code } = v.parse(Problem, JSON.parse(text));
    const asked = ROOM_ENDPOINTS.filter(
      (one) => one.method === method && one.path.split('/').length === path.split('/').length,
    );
    const isOwn = method === endpoint.method;
    const allowed: string[] = [
      ...ERRORS_OF_ALL,
      ...(isOwn ? endpoint.errors : asked.flatMap(({ errors }) => errors)),
    ];
    const isAddress = isDecodable(path);
    if (!isOwn || !isAddress) allowed.push(...NO_ENDPOINT);
    if (!allowed.includes(code)) return `${endpoint.name} doesn't document ${code}`;
    if (token === '' && isOwn && isAddress && code !== 'unauthorized' && code !== 'validation_failed')
      return `a stranger got ${code}`;
    return undefined;
  }

  return { next, successes };
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
