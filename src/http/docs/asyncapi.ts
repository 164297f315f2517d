import type * as v from 'valibot';
import { CLOSE, CLOSE_REASONS } from '../../protocol/codes.ts';
import { type ClientEvent, clientEvents, type ServerEvent, serverEvents } from '../../protocol/events.ts';
import { CLIENT_EXAMPLES, SERVER_EXAMPLES } from './event-examples.ts';
import { CLIENT_SUMMARIES, SERVER_SUMMARIES } from './event-summaries.ts';
import { createJsonSchemas, type Json, type JsonSchemas } from './json-schemas.ts';
import { NAMED } from './openapi.ts';

const NUMBER = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;
/** Numbers of the examples. */
const [ID, SEQ] = [7, 12];

/** Returns the description of the WebSocket in AsyncAPI 3.0, made from the schemas of the events. */
export function asyncApi(version: string): Json {
  const schemas = createJsonSchemas(NAMED);
  const fromClients = Object.fromEntries(
    eventNames(clientEvents).map((event) => [componentName('client', event), clientMessage(event, schemas)]),
  );
  const fromServer = Object.fromEntries(
    eventNames(serverEvents).map((event) => [componentName('server', event), serverMessage(event, schemas)]),
  );
  const messages = { ...fromClients, ...fromServer };
  const refs = Object.fromEntries(
    Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
  );
  return {
    asyncapi: '3.0.0',
    info: { title: 'Parley', version, description: DESCRIPTION, license: { name: 'MIT' } },
    defaultContentType: 'application/json',
    channels: {
      session: { address: '/ws', description: 'A session, in no room at first.', messages: refs },
      room: {
        address: '/ws/rooms/{roomId}',
        description: 'A session that joins a room at once.',
        parameters: { roomId: { description: 'A lower-case UUID.' } },
        messages: refs,
      },
    },
    operations: Object.fromEntries(
      ['session', 'room'].flatMap((channel) => [
        [`${channel}.receive`, operation('receive', channel, Object.keys(fromClients))],
        [`${channel}.send`, operation('send', channel, Object.keys(fromServer))],
      ]),
    ),
    components: { messages, schemas: schemas.components() },
  };
}

/** AsyncAPI has no place for close codes. */
const DESCRIPTION = [
  'Text frames of one JSON object each. The access token comes as the subprotocol `token.<JWT>`, beside `parley.v1`.',
  'What a client sends with an `id` is answered once, by a message with that id as `re`. What the server sends is numbered by `seq`.',
  `Close codes: ${Object.values(CLOSE)
    .filter((code) => code >= 4_000)
    .map((code) => `${code} \`${CLOSE_REASONS[code]}\``)
    .join(', ')}.`,
].join('\n\n');

function eventNames<Events extends object>(events: Events): readonly (keyof Events & string)[] {
  return Object.keys(events) as (keyof Events & string)[];
}

/** Names of components have no colon. */
function componentName(sender: 'client' | 'server', event: string): string {
  return `${sender}.${event.replaceAll(':', '.')}`;
}

/** @param action as the server sees it */
function operation(action: 'send' | 'receive', channel: string, messages: readonly string[]): Json {
  const pointer = `#/channels/${channel}`;
  return {
    action,
    channel: { $ref: pointer },
    summary: action === 'receive' ? 'What clients send.' : 'What the server sends.',
    messages: messages.map((name) => ({ $ref: `${pointer}/messages/${name}` })),
  };
}

function clientMessage(event: ClientEvent, schemas: JsonSchemas): Json {
  const example = { event, id: ID, payload: CLIENT_EXAMPLES[event] };
  return message({
    event,
    summary: CLIENT_SUMMARIES[event],
    numbers: { id: NUMBER },
    schema: clientEvents[event],
    schemas,
    example,
  });
}

function serverMessage(event: ServerEvent, schemas: JsonSchemas): Json {
  const example = { event, seq: SEQ, payload: SERVER_EXAMPLES[event] };
  return message({
    event,
    summary: SERVER_SUMMARIES[event],
    numbers: { seq: NUMBER, re: NUMBER },
    schema: serverEvents[event],
    schemas,
    example,
  });
}

interface MessageParts {
  readonly event: string;
  readonly summary: string;
  /** What stands between `event` and `payload`. */
  readonly numbers: Json;
  readonly schema: v.GenericSchema;
  readonly schemas: JsonSchemas;
  readonly example: Json;
}

function message({ event, summary, numbers, schema, schemas, example }: MessageParts): Json {
  return {
    name: event,
    title: event,
    summary,
    payload: {
      type: 'object',
      properties: { event: { const: event }, ...numbers, payload: schemas.of(schema) },
      required: schema.type === 'optional' ? ['event'] : ['event', 'payload'],
    },
    examples: [{ name: event, payload: example }],
  };
}
