import * as v from 'valibot';
import { WEBHOOK_TYPES, type WebhookType, webhookEvents } from '../../protocol/webhook-events.ts';
import type { Json, JsonSchemas } from './json-schemas.ts';
import { WEBHOOK_SUMMARIES, webhookBody } from './webhook-examples.ts';

export const WEBHOOKS_TAG = {
  name: 'webhooks',
  description: 'What the server sends to the URLs of `WEBHOOK_URLS`, by Standard Webhooks 1.0.0.',
} as const;

/** Returns the schema of a whole webhook. */
export function webhookSchema(type: WebhookType) {
  return v.object({ type: v.literal(type), timestamp: v.string(), data: webhookEvents[type] });
}

/** Returns what OpenAPI 3.1 calls webhooks: requests that a backend receives [CT5]. */
export function webhooks(schemas: JsonSchemas): Json {
  return Object.fromEntries(WEBHOOK_TYPES.map((type) => [type, { post: operation(type, schemas) }]));
}

function operation(type: WebhookType, schemas: JsonSchemas): Json {
  return {
    operationId: type,
    tags: [WEBHOOKS_TAG.name],
    summary: WEBHOOK_SUMMARIES[type],
    security: [],
    parameters: [
      header('webhook-id', 'The same at every try: an event that you have taken already is no news.'),
      header('webhook-timestamp', 'When this try was made, in seconds since 1970.'),
      header('webhook-signature', '`v1,` and the Base64 HMAC-SHA256 of `id.timestamp.body`; one per secret.'),
    ],
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: schemas.of(webhookSchema(type)), example: webhookBody(type) },
      },
    },
    responses: {
      '2XX': { description: 'Taken, if the answer arrives whole within 15 s.' },
      '410': { description: 'Nothing more is sent until the URL changes or `parley webhooks resend`.' },
      default: { description: 'Tried again later. `Retry-After` counts with 429 and 503.' },
    },
  };
}

function header(name: string, description: string): Json {
  return { name, in: 'header', required: true, description, schema: { type: 'string' } };
}
