import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { openApi } from '../../../src/http/docs/openapi.ts';
import { operationNames } from '../../../src/http/docs/operations.ts';
import { ENDPOINTS, type Endpoint } from '../../../src/protocol/endpoints.ts';
import { WEBHOOK_TYPES } from '../../../src/protocol/webhook-events.ts';

const document = openApi('1.2.3');

describe('openapi.json', () => {
  it('is valid by the OpenAPI 3.1 schema', async () => {
    const result = await new Validator().validate(structuredClone(document));
    expect(result).toEqual({ valid: true });
  });

  it('has every endpoint, by method and path', () => {
    const told = Object.entries(document['paths'] as Readonly<Record<string, object>>).flatMap(
      ([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const served = Object.values<Endpoint>(ENDPOINTS).map(
      ({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}')}`,
    );
    // The call page has the address of what programs get there.
    expect(told.sort()).toEqual([...new Set(served)].sort());
    expect(Object.keys(operation('connect').responses?.['200']?.content ?? {})).toEqual([
      'application/json',
      'text/html; charset=utf-8',
    ]);
  });

  it('[CT5] has every webhook, with its example', () => {
    const webhooks = document['webhooks'] as Readonly<Record<string, { readonly post: object }>>;
    expect(Object.keys(webhooks)).toEqual(WEBHOOK_TYPES);
    for (const [type, { post }] of Object.entries(webhooks)) {
      expect(post).toMatchObject({
        operationId: type,
        parameters: [{ name: 'webhook-id' }, { name: 'webhook-timestamp' }, { name: 'webhook-signature' }],
        requestBody: {
          content: {
            'application/json': {
              schema: { required: ['type', 'timestamp', 'data'], properties: { type: { const: type } } },
              example: { type },
            },
          },
        },
      });
    }
  });

  it('names every code that an endpoint may answer', () => {
    for (const name of operationNames()) {
      const { errors }: Endpoint = ENDPOINTS[name];
      const text = JSON.stringify(operation(name));
      expect(errors.filter((code) => !text.includes(`"${code}"`))).toEqual([]);
    }
  });

  it('says how lists are paged, without a cursor for those that come whole', () => {
    const names = (id: string) => operation(id).parameters?.map(({ name }) => name);
    expect(names('listUsers')).toEqual(['limit', 'after', 'q']);
    expect(names('listBans')).toEqual(['roomId', 'limit']);
    expect(operation('listUsers').parameters?.[0]).toMatchObject({
      in: 'query',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
    });
  });

  it('says which headers count', () => {
    const names = (id: string) => operation(id).parameters?.map(({ name }) => name);
    expect(names('editRoom')).toEqual(['roomId', 'If-Match']);
    expect(names('connect')).toEqual(['roomId', 'X-Room-Password']);
    expect(operation('getRoom').responses?.['200']?.headers).toHaveProperty('ETag');
  });

  it('counts characters as the server does', () => {
    const request = JSON.stringify(operation('createRoom'));
    expect(request).toContain('"name":{"anyOf":[{"type":"string","minLength":1,"maxLength":100,');
    expect(request).toContain('"format":"date-time"');
    expect(request).toContain('"password":{"anyOf":[{"type":"string","minLength":8,"maxLength":128}');
  });
});

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string }[];
  readonly responses?: Readonly<Record<string, { readonly headers?: object; readonly content?: object }>>;
}

function operation(id: string): Operation {
  const paths = document['paths'] as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  const found = Object.values(paths)
    .flatMap((methods) => Object.values(methods))
    .find(({ operationId }) => operationId === id);
  if (found === undefined) throw new TypeError(`no operation ${id}`);
  return found;
}
