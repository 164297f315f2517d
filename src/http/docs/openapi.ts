import { FullUser, Problem } from '../../protocol/bodies.ts';
import { ChatMessage, Tombstone } from '../../protocol/chat-events.ts';
import type { ErrorCode } from '../../protocol/codes.ts';
import { ENDPOINTS, type Endpoint, ERRORS_OF_ALL, NoBody } from '../../protocol/endpoints.ts';
import { IceServer, Peer, User } from '../../protocol/fields.ts';
import { RoomInvitation } from '../../protocol/host-bodies.ts';
import { KnockItem, OwnKnock } from '../../protocol/knock-events.ts';
import { Room } from '../../protocol/room-fields.ts';
import { statusOf, titleOf } from '../server/problems.ts';
import { EXAMPLES } from './examples.ts';
import { createJsonSchemas, type Json, type JsonSchema, type JsonSchemas } from './json-schemas.ts';
import { OPERATIONS, type OperationName, operationNames, TAGS, WHO } from './operations.ts';
import { WEBHOOKS_TAG, webhooks } from './webhooks.ts';

/** Shapes that the reference calls by a name. */
export const NAMED = {
  User,
  FullUser,
  Room,
  Peer,
  IceServer,
  ChatMessage,
  Tombstone,
  KnockItem,
  OwnKnock,
  RoomInvitation,
  Problem,
} as const;

const { type: PAGE_TYPE } = ENDPOINTS.callPage.reply;

/** Returns the description of the HTTP API in OpenAPI 3.1, made from the table of endpoints, and of what webhooks send. */
export function openApi(version: string): Json {
  const schemas = createJsonSchemas(NAMED);
  const paths: Record<string, Record<string, Json>> = {};
  for (const name of operationNames()) {
    const endpoint: Endpoint = ENDPOINTS[name];
    const path = template(endpoint.path);
    const methods = paths[path] ?? {};
    methods[endpoint.method.toLowerCase()] = operation(name, endpoint, schemas);
    paths[path] = methods;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Parley',
      version,
      summary: 'Signaling, rooms and TURN for small-group browser calls.',
      description:
        'Errors are `application/problem+json` with a stable `code`. Lists take `limit` and `after`, and answer with `items` and `nextCursor`.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [...Object.entries(TAGS).map(([name, description]) => ({ name, description })), WEBHOOKS_TAG],
    paths,
    webhooks: webhooks(schemas),
    components: {
      schemas: schemas.components(),
      securitySchemes: {
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token, from a sign-in or minted by a backend that shares `JWT_SECRET`.',
        },
        metricsToken: { type: 'http', scheme: 'bearer', description: 'The setting `METRICS_TOKEN`.' },
      },
    },
  };
}

function operation(name: OperationName, endpoint: Endpoint, schemas: JsonSchemas): Json {
  const [tag, summary] = OPERATIONS[name];
  const security = securityOf(endpoint);
  const example = EXAMPLES[name];
  const parameters = [
    ...pathParameters(endpoint.path),
    ...queryParameters(endpoint, schemas),
    ...headerParameters(name),
  ];
  return {
    operationId: name,
    tags: [tag],
    summary,
    description: whoMayCall(endpoint),
    ...(security === undefined ? {} : { security }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(endpoint.request === NoBody
      ? {}
      : { requestBody: { required: true, ...json(schemas.of(endpoint.request), example.request) } }),
    responses: { ...success(name, endpoint, schemas), ...failures(endpoint) },
  };
}

function whoMayCall({ who, openBy }: Endpoint): string {
  return openBy === undefined ? WHO[who] : `${WHO[who]} With \`${openBy.join('=')}\`, for everybody.`;
}

function securityOf({ who, openBy }: Endpoint): readonly Json[] | undefined {
  if (who === 'all') return undefined;
  if (who === 'operator') return [{ metricsToken: [] }, {}];
  return [{ accessToken: [] }, ...(openBy === undefined ? [] : [{}])];
}

/** `/rooms/:roomId` as `/rooms/{roomId}`; a final `*` is `{path}`. */
function template(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}');
}

function pathParameters(path: string): readonly Json[] {
  return [...template(path).matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters({ query }: Endpoint, schemas: JsonSchemas): readonly Json[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = schemas.of(query);
  return Object.entries(properties)
    .filter(([, schema]) => !isNever(schema))
    .map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema }));
}

/** A list that comes whole refuses cursors: `after` is no parameter of it. */
function isNever(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && 'not' in schema;
}

/** Operations whose replies have an `ETag`, and those that take it back [HT8]. */
const TAGGED: ReadonlySet<OperationName> = new Set(['getRoom', 'editRoom', 'getUser', 'editUser', 'putUser']);

function headerParameters(name: OperationName): readonly Json[] {
  if (name === 'connect') {
    return [header('X-Room-Password', 'The password of the room, percent-encoded if it is not ASCII.')];
  }
  const takesTag = TAGGED.has(name) && !name.startsWith('get');
  return takesTag ? [header('If-Match', 'The `ETag` of what you change: 412 if it is another by now.')] : [];
}

function header(name: string, description: string): Json {
  return { name, in: 'header', required: false, description, schema: { type: 'string' } };
}

function success(name: OperationName, { reply, accepted }: Endpoint, schemas: JsonSchemas): Json {
  const { status } = reply;
  const example = EXAMPLES[name];
  const headers: Json = {
    ...(TAGGED.has(name) ? { ETag: replyHeader('Changes with what PATCH changes.') } : {}),
    ...(status === 302 ? { Location: replyHeader('Where to go.') } : {}),
  };
  const types = [...('type' in reply ? [reply.type] : []), ...(name === 'connect' ? [PAGE_TYPE] : [])];
  const content: Json = {
    ...('body' in reply ? json(schemas.of(reply.body), example.reply).content : {}),
    ...Object.fromEntries(types.map((type) => [type, { schema: { type: 'string' } }])),
  };
  return {
    [status]: {
      description: SUCCESS[status],
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
      ...(Object.keys(content).length === 0 ? {} : { content }),
    },
    // For browsers.
    ...(name === 'connect' ? { 302: { description: 'There is no such room: the way home.' } } : {}),
    ...(accepted === undefined
      ? {}
      : {
          202: {
            description: 'Somebody has to agree first.',
            ...json(schemas.of(accepted), example.accepted),
          },
        }),
  };
}

const SUCCESS = { 200: 'Done.', 201: 'Created.', 202: 'Taken.', 204: 'Done.', 302: 'Go there.' } as const;

function replyHeader(description: string): Json {
  return { description, schema: { type: 'string' } };
}

/** The problem replies, by status. */
function failures({ errors }: Endpoint): Json {
  const codes = [...new Set<ErrorCode>([...ERRORS_OF_ALL, ...errors])];
  const statuses = [...new Set(codes.map(statusOf))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      failure(
        status,
        codes.filter((code) => statusOf(code) === status),
      ),
    ]),
  );
}

function failure(status: number, codes: readonly ErrorCode[]): Json {
  return {
    description: codes.map((code) => `\`${code}\`: ${titleOf(code)}.`).join(' '),
    ...failureHeaders(status),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: codes } } }],
        },
      },
    },
  };
}

function failureHeaders(status: number): Json {
  if (status === 401) return { headers: { 'WWW-Authenticate': replyHeader('RFC 6750.') } };
  if (status === 429) return { headers: { 'Retry-After': replyHeader('Seconds to wait.') } };
  return {};
}

function json(schema: JsonSchema, example: unknown): { readonly content: Json } {
  return {
    content: { 'application/json': { schema, ...(example === undefined ? {} : { example }) } },
  };
}
