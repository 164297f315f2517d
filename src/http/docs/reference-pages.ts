import { ENDPOINTS, type Endpoint, ERRORS_OF_ALL, NoBody } from '../../protocol/endpoints.ts';
import { clientEvents, serverEvents } from '../../protocol/events.ts';
import { WEBHOOK_TYPES } from '../../protocol/webhook-events.ts';
import { statusOf, titleOf } from '../server/problems.ts';
import { CLIENT_EXAMPLES, SERVER_EXAMPLES } from './event-examples.ts';
import { CLIENT_SUMMARIES, SERVER_SUMMARIES } from './event-summaries.ts';
import { EXAMPLES } from './examples.ts';
import { createJsonSchemas, type JsonSchema, type JsonSchemas } from './json-schemas.ts';
import { escapeHtml } from './layout.ts';
import { NAMED } from './openapi.ts';
import { OPERATIONS, type OperationName, operationNames, TAGS, WHO } from './operations.ts';
import { WEBHOOK_SUMMARIES, webhookBody } from './webhook-examples.ts';
import { WEBHOOKS_TAG, webhookSchema } from './webhooks.ts';

/** Returns the page of the HTTP API: what `/openapi.json` says, for people. */
export function apiPage(): string {
  const schemas = createJsonSchemas(NAMED);
  const parts = Object.entries(TAGS).map(([tag, description]) => {
    const names = operationNames().filter((name) => OPERATIONS[name][0] === tag);
    const sections = names.map((name) => operationSection(name, schemas));
    return `<h2 id="${tag}">${capitalized(tag)}</h2>\n<p>${escapeHtml(description)}</p>\n${sections.join('\n')}`;
  });
  return `<h1>HTTP API</h1>
<p>For programs: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1). Its rules in words: the <a href="/docs/contract">wire contract</a>.</p>
${index([
  ...operationNames().map(
    (name) => [name, `${ENDPOINTS[name].method} ${ENDPOINTS[name].path}`, OPERATIONS[name][1]] as const,
  ),
  ...WEBHOOK_TYPES.map((type) => [anchor('webhook', type), `↗ ${type}`, WEBHOOK_SUMMARIES[type]] as const),
])}
${parts.join('\n')}
<h2 id="${WEBHOOKS_TAG.name}">Webhooks</h2>
<p>${escapeHtml(WEBHOOKS_TAG.description)} How to take them: <a href="/docs/webhooks">webhooks</a>.</p>
${WEBHOOK_TYPES.map((type) =>
  eventSection('webhook', type, WEBHOOK_SUMMARIES[type], schemas.of(webhookSchema(type)), webhookBody(type)),
).join('\n')}
<h2 id="shapes">Shapes</h2>
${Object.entries(schemas.components())
  .map(([name, schema]) => `<h3 id="shape-${name}">${name}</h3>\n${fields(schema)}`)
  .join('\n')}`;
}

/** Returns the page of the WebSocket's events: what `/asyncapi.json` says, for people. */
export function eventsPage(): string {
  const schemas = createJsonSchemas(NAMED);
  const sent = keysOf(clientEvents).map((event) =>
    eventSection('client', event, CLIENT_SUMMARIES[event], schemas.of(clientEvents[event]), {
      event,
      id: 7,
      payload: CLIENT_EXAMPLES[event],
    }),
  );
  const received = keysOf(serverEvents).map((event) =>
    eventSection('server', event, SERVER_SUMMARIES[event], schemas.of(serverEvents[event]), {
      event,
      seq: 12,
      payload: SERVER_EXAMPLES[event],
    }),
  );
  return `<h1>WebSocket events</h1>
<p>For programs: <a href="/asyncapi.json">asyncapi.json</a> (AsyncAPI 3.0). How to connect: <a href="/docs/websocket">the bare WebSocket</a>. Shapes with a name are on the page of the <a href="/docs/api#shapes">HTTP API</a>.</p>
${index([
  ...keysOf(clientEvents).map(
    (event) => [anchor('client', event), `→ ${event}`, CLIENT_SUMMARIES[event]] as const,
  ),
  ...keysOf(serverEvents).map(
    (event) => [anchor('server', event), `← ${event}`, SERVER_SUMMARIES[event]] as const,
  ),
])}
<h2 id="client">From the client</h2>
${sent.join('\n')}
<h2 id="server">From the server</h2>
${received.join('\n')}`;
}

function operationSection(name: OperationName, schemas: JsonSchemas): string {
  const endpoint: Endpoint = ENDPOINTS[name];
  const { method, path, who, query, request, reply, accepted, errors } = endpoint;
  const example = EXAMPLES[name];
  const blocks = [
    query === undefined ? '' : `<h4>Query</h4>\n${fields(schemas.of(query))}`,
    request === NoBody ? '' : `<h4>Body</h4>\n${fields(schemas.of(request))}${sample(example.request)}`,
    `<h4>Reply ${reply.status}</h4>\n${'body' in reply ? fields(schemas.of(reply.body)) + sample(example.reply) : ''}`,
    accepted === undefined
      ? ''
      : `<h4>Reply 202</h4>\n${fields(schemas.of(accepted))}${sample(example.accepted)}`,
    `<h4>Errors</h4>\n${problems([...ERRORS_OF_ALL, ...errors])}`,
  ];
  return `<section>
<h3 id="${name}"><code>${method} ${escapeHtml(path)}</code></h3>
<p>${escapeHtml(OPERATIONS[name][1])}. ${escapeHtml(WHO[who])}</p>
${blocks.filter((block) => block !== '').join('\n')}
</section>`;
}

function eventSection(
  sender: string,
  event: string,
  summary: string,
  schema: JsonSchema,
  example: object,
): string {
  return `<section>
<h3 id="${anchor(sender, event)}"><code>${event}</code></h3>
<p>${escapeHtml(summary)}.</p>
${fields(schema)}${sample(example)}
</section>`;
}

function anchor(sender: string, event: string): string {
  return `${sender}-${event.replaceAll(/[:.]/g, '-')}`;
}

/** Returns a list of what is on the page. */
function index(items: readonly (readonly [id: string, name: string, summary: string])[]): string {
  const rows = items.map(
    ([id, name, summary]) =>
      `<li><a href="#${id}"><code>${escapeHtml(name)}</code></a> ${escapeHtml(summary)}</li>`,
  );
  return `<details class="index"><summary>All ${items.length} on this page</summary>\n<ul>\n${rows.join('\n')}\n</ul>\n</details>`;
}

function problems(codes: readonly (typeof ERRORS_OF_ALL | Endpoint['errors'])[number][]): string {
  const items = [...new Set(codes)]
    .sort((a, b) => statusOf(a) - statusOf(b))
    .map((code) => `<li>${statusOf(code)} <code>${code}</code>: ${escapeHtml(titleOf(code))}</li>`);
  return `<ul class="errors">${items.join('')}</ul>`;
}

/** Returns the fields of an object as a table, or the type of anything else. */
function fields(schema: JsonSchema): string {
  const { properties } = schema;
  if (properties === undefined) return `<p>${typeOf(schema)}</p>\n`;
  const rows = Object.entries(properties).map(([name, field]) => {
    const isRequired = schema.required?.includes(name) === true;
    const type = typeof field === 'boolean' ? 'any' : typeOf(field);
    const about = typeof field === 'boolean' ? '' : (field.description ?? '');
    return `<tr><td><code>${name}</code>${isRequired ? '' : '?'}</td><td>${type}</td><td>${escapeHtml(about)}</td></tr>`;
  });
  if (rows.length === 0) return '';
  return `<div class="table" tabindex="0"><table><thead><tr><th>field</th><th>type</th><th>meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>\n`;
}

function typeOf(schema: JsonSchema): string {
  const { $ref, anyOf, enum: values, items, properties, type } = schema;
  if ($ref !== undefined) {
    const name = $ref.split('/').at(-1) ?? '';
    return `<a href="/docs/api#shape-${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return `<code>${escapeHtml(JSON.stringify(schema.const))}</code>`;
  if (values !== undefined) {
    return values.map((value) => `<code>${escapeHtml(String(value))}</code>`).join(' · ');
  }
  if (anyOf !== undefined)
    return anyOf.map((one) => (typeof one === 'boolean' ? 'any' : typeOf(one))).join(' · ');
  if (items !== undefined && typeof items === 'object' && !Array.isArray(items))
    return `list of ${typeOf(items)}`;
  if (properties !== undefined) {
    const inner = Object.entries(properties).map(
      ([name, field]) => `${name}: ${typeof field === 'boolean' ? 'any' : typeOf(field)}`,
    );
    return `{${inner.join(', ')}}`;
  }
  if (type === undefined) return 'any JSON';
  return `${String(type)}${bounds(schema)}`;
}

function bounds({ minimum, maximum, minLength, maxLength, format }: JsonSchema): string {
  if (format !== undefined) return ` (${format})`;
  const [least, most] = [minimum ?? minLength, maximum ?? maxLength];
  if (most === undefined || most === Number.MAX_SAFE_INTEGER)
    return least === undefined ? '' : `, at least ${least}`;
  return least === undefined ? `, at most ${most}` : `, ${least} to ${most}`;
}

function sample(example: unknown): string {
  if (example === undefined) return '';
  return `<details><summary>Example</summary><pre tabindex="0"><code>${escapeHtml(JSON.stringify(example, null, 2))}</code></pre></details>\n`;
}

function keysOf<Table extends object>(table: Table): readonly (keyof Table & string)[] {
  return Object.keys(table) as (keyof Table & string)[];
}

function capitalized(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
