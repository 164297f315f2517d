import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { asyncApi } from '../../../src/http/docs/asyncapi.ts';
import { CLIENT_EXAMPLES, SERVER_EXAMPLES } from '../../../src/http/docs/event-examples.ts';
import { EXAMPLES } from '../../../src/http/docs/examples.ts';
import { openApi } from '../../../src/http/docs/openapi.ts';
import { operationNames } from '../../../src/http/docs/operations.ts';
import { webhookBody } from '../../../src/http/docs/webhook-examples.ts';
import { webhookSchema } from '../../../src/http/docs/webhooks.ts';
import { ENDPOINTS, type Endpoint, NoBody } from '../../../src/protocol/endpoints.ts';
import { clientEvents, serverEvents } from '../../../src/protocol/events.ts';
import { WEBHOOK_TYPES } from '../../../src/protocol/webhook-events.ts';

describe('examples of the reference', () => {
  it('are there for every body of every operation', () => {
    const missing = operationNames().filter((name) => {
      const { request, reply, accepted }: Endpoint = ENDPOINTS[name];
      const example = EXAMPLES[name];
      if (request !== NoBody && example.request === undefined) return true;
      if ('body' in reply && example.reply === undefined) return true;
      return accepted !== undefined && example.accepted === undefined;
    });
    expect(missing).toEqual([]);
  });

  it.each(operationNames())('pass the schemas of %s', (name) => {
    const { request, reply, accepted }: Endpoint = ENDPOINTS[name];
    const example = EXAMPLES[name];
    if (example.request !== undefined) v.parse(request, example.request);
    if ('body' in reply) expect(v.parse(reply.body, example.reply)).toEqual(example.reply);
    if (accepted !== undefined) expect(v.parse(accepted, example.accepted)).toEqual(example.accepted);
  });

  it('pass the schemas of all events', () => {
    for (const [event, schema] of Object.entries(clientEvents)) {
      v.parse(schema, CLIENT_EXAMPLES[event as keyof typeof clientEvents]);
    }
    for (const [event, schema] of Object.entries(serverEvents)) {
      const example = SERVER_EXAMPLES[event as keyof typeof serverEvents];
      expect(v.parse(schema, example)).toEqual(example);
    }
  });

  it('[CT5] pass the schemas of all webhooks', () => {
    for (const type of WEBHOOK_TYPES) {
      expect(v.parse(webhookSchema(type), webhookBody(type))).toEqual(webhookBody(type));
    }
  });

  it('pass the JSON Schema that stands beside them in the documents', () => {
    for (const document of [openApi('1.0.0'), asyncApi('1.0.0')]) {
      const ajv = addFormats.default(new Ajv2020({ strict: false }));
      ajv.addSchema(document, 'document');
      const found = examplesIn(document, '');
      expect(found.length).toBeGreaterThan(50);
      for (const { pointer, example } of found) {
        const validate = ajv.getSchema(`document#${pointer}`) ?? ajv.compile({ $ref: `document#${pointer}` });
        expect([pointer, validate(example), validate.errors]).toEqual([pointer, true, null]);
      }
    }
  });
});

interface Found {
  /** JSON pointer of the example's schema, in a URL's fragment. */
  readonly pointer: string;
  readonly example: unknown;
}

/** Finds `{schema, example}` of OpenAPI and `{payload, examples}` of AsyncAPI. */
function examplesIn(value: unknown, pointer: string): Found[] {
  if (typeof value !== 'object' || value === null) return [];
  const part: Readonly<Record<string, unknown>> = { ...value };
  if ('schema' in part && 'example' in part) {
    return [{ pointer: `${pointer}/schema`, example: part['example'] }];
  }
  if ('payload' in part && Array.isArray(part['examples'])) {
    return part['examples'].map(({ payload }) => ({
      pointer: `${pointer}/payload`,
      example: JSON.parse(JSON.stringify(payload)),
    }));
  }
  return Object.entries(part).flatMap(([key, child]) =>
    examplesIn(child, `${pointer}/${encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))}`),
  );
}
